// Steps of training: same seed, same bits; going on from a copied state is going on; SFT learns; memory stays; NaN stops.
import { beforeAll, describe, expect, test } from 'vitest';
import { memory, scope, type Tensor, tensor, useKernels } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import {
  Diverged,
  disposeState,
  initialState,
  type StepMetrics,
  stepsDone,
  type Trainer,
  type TrainingState,
  totalSteps,
  trainStep,
} from '../../src/training/index.ts';
import { materialOf } from '../../src/training/step.ts';
import { tinyTrainer } from './runs.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

/** Runs `steps` steps, or all. */
function run(
  trainer: Trainer,
  from = initialState(trainer),
  steps = totalSteps(trainer.config),
): { state: TrainingState; metrics: StepMetrics[] } {
  let state = from;
  const metrics: StepMetrics[] = [];
  while (stepsDone(trainer, state) < steps) {
    const next = trainStep(trainer, state);
    disposeState(state, next.state);
    state = next.state;
    metrics.push(next.metrics);
  }
  return { state, metrics };
}

function valuesOf(tensors: Record<string, Tensor>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(tensors).map(([path, t]) => [path, [...t.readSync()]]));
}

function copy(tensors: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([path, t]) => [
      path,
      tensor(t.readSync(), { shape: t.shape, dtype: t.dtype }),
    ]),
  );
}

const RL = ['reinforce', 'rloo', 'grpo', 'drGrpo', 'dapo', 'gspo', 'ppo', 'cispo', 'luspo'];
const METHODS: readonly Record<string, string>[] = [
  ...RL.map((objective) => ({ objective, innerEpochs: '2', beta: '0.1', entropy: '0.01' })),
  // So many that steps have solved episodes by chance, though not all.
  { objective: 'sft', data: 'own', prompts: '16', group: '64' },
  { objective: 'sft', errors: 'own', wrong: '0.5,0.5', batch: '8' },
];

describe.each(METHODS)('$objective $data $errors', (entries) => {
  test('two runs are the same to the bit; an interrupted one too', () => {
    scope(() => {
      const trainer = tinyTrainer(entries);
      const whole = run(trainer);
      expect(whole.metrics.map((m) => [m.step, m.phase])).toEqual([
        [1, 'base'],
        [2, 'base'],
        [3, 'base'],
        [4, 'train'],
        [5, 'train'],
        [6, 'train'],
      ]);
      for (const cut of [2, 3, 5]) {
        const { state } = run(trainer, undefined, cut);
        const reference = state.phase === 'base' ? undefined : copy(state.reference);
        const parameters = copy(state.parameters);
        const restored = {
          ...state,
          parameters,
          optimiser: copy(state.optimiser),
          reference: reference ?? parameters,
        };
        const rest = run(trainer, restored);
        expect(rest.metrics).toEqual(whole.metrics.slice(cut));
        expect(valuesOf(rest.state.parameters)).toEqual(valuesOf(whole.state.parameters));
      }
      const learned = whole.metrics.slice(3).filter(({ kept }) => kept !== 0);
      expect(learned.length).toBeGreaterThan(0);
      for (const { gradNorm, loss } of learned) {
        expect([gradNorm.total, gradNorm.sample, gradNorm.decision, loss].map(Number.isFinite)).not.toContain(
          false,
        );
      }
    });
  });
});

test('another seed is another run', () => {
  scope(() => {
    expect(run(tinyTrainer({}, 2)).metrics).not.toEqual(run(tinyTrainer({}, 1)).metrics);
  });
});

test('SFT lowers its loss', () => {
  scope(() => {
    const { metrics } = run(
      tinyTrainer({ 'base.steps': '60', 'base.batch': '32', 'base.learningRate': '0.01', steps: '0' }),
    );
    expect(metrics.at(-1)!.loss).toBeLessThan(0.9 * metrics[0]!.loss!);
    expect(metrics[1]!.firstAttempt).not.toBeNull();
    expect(metrics[0]!.firstAttempt).toBeNull();
  });
});

test('an attempt costs what was asked, once: the objective takes it off, the reward it is given is 0 or 1', () => {
  scope(() => {
    const trainer = tinyTrainer({ attemptCost: '0.3' });
    const { state } = run(trainer, undefined, 3);
    const phase = trainer.config.train;
    const random = randomStream(1, 'episodes');
    const { episodes, outcome, observed } = materialOf(trainer, phase, state, random);
    expect([...outcome.reward].filter((r) => r !== 0 && r !== 1)).toEqual([]);
    const B = outcome.reward.length;
    let expected = 0;
    for (let i = 0; i < B; i++) {
      const attempts = 1 + episodes.attempt[episodes.offsets[i + 1]! - 1]!;
      expected += (outcome.reward[i]! - 0.3 * (attempts - 1)) / B;
    }
    expect(expected).toBeLessThan(0);
    expect(observed!.reward).toBeCloseTo(expected, 12);
    expect(trainStep(trainer, state).metrics.gradNorm.total).toBeGreaterThan(0);
  });
});

test('an update of decisions only leaves nothing for the sample part', () => {
  scope(() => {
    const { metrics } = run(tinyTrainer({ update: 'decision', 'base.steps': '1', steps: '2' }));
    for (const { gradNorm } of metrics.slice(1)) expect(gradNorm.sample).toBe(0);
  });
});

test('memory in live tensors does not grow with steps', () => {
  scope(() => {
    const trainer = tinyTrainer({ 'base.steps': '12', steps: '12' });
    const at = (steps: number, from?: TrainingState): { state: TrainingState; live: number } => {
      const { state } = run(trainer, from, steps);
      return { state, live: memory().live };
    };
    const early = at(14);
    expect(at(24, early.state).live).toBe(early.live);
  });
});

test('a NaN stops the run and names the step', () => {
  scope(() => {
    const trainer = tinyTrainer();
    const state = initialState(trainer);
    const path = 'block0.mlp.up.weight';
    const broken = state.parameters[path]!.readSync();
    broken[0] = Number.NaN;
    const parameters = {
      ...state.parameters,
      [path]: tensor(broken, { shape: state.parameters[path]!.shape, dtype: 'f32' }),
    };
    expect(() => trainStep(trainer, { ...state, parameters })).toThrow(Diverged);
    expect(() => trainStep(trainer, { ...state, parameters })).toThrow(
      'training stopped at step 1 (base, sft), batch of 8 episodes: the parameters are no longer finite',
    );
  });
});

test('a loss whose slope no number can hold stops the run and names the step, as a NaN does', () => {
  const wild = {
    'train.objective': 'grpo',
    'train.beta': '0.01',
    'train.klPlacement': 'loss',
    'train.klEstimator': 'k3',
  };
  const trainer = tinyTrainer({ ...wild, 'train.innerEpochs': '20', 'train.learningRate': '10' });
  const message =
    /^training stopped at step \d+ \(train, grpo\): .*k3 of token \d+ \(trajectory \d+\) is Infinity/;
  expect(() => run(trainer)).toThrow(Diverged);
  expect(() => run(trainer)).toThrow(message);
});

describe('run.splitEvery', () => {
  const splits = (every: string): (readonly [number, boolean, boolean])[] =>
    run(tinyTrainer({ 'run.splitEvery': every })).metrics.map(({ step, gradNorm }) => {
      expect(gradNorm.total).toBeGreaterThan(0);
      return [step, gradNorm.sample !== null, gradNorm.decision !== null];
    });

  test.each([
    ['1', [1, 2, 3, 4, 5, 6]],
    ['2', [2, 4, 6]],
    ['4', [4]],
    ['0', []],
  ] as const)('%s', (every, split) => {
    scope(() => {
      const expected = [1, 2, 3, 4, 5, 6].map((step) => {
        const isSplit = split.some((known) => known === step);
        return [step, isSplit, isSplit];
      });
      expect(splits(every)).toEqual(expected);
    });
  });
});
