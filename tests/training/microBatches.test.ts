// Micro-batches: the loss and what follows from it at the logits are those of the whole batch to the bit, the gradient up to rounding.
import { beforeAll, describe, expect, test } from 'vitest';
import { scope, useKernels } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import {
  atTemperature,
  decodable,
  drawRollouts,
  type EpisodeBatch,
  episodeBatch,
  legalLogits,
  logitsInParts,
  logProbsOf,
  microBatches,
} from '../../src/episodes/index.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { type ObjectiveName, objectiveNames } from '../../src/objectives/index.ts';
import {
  initialState,
  type Outcome,
  parseConfig,
  splitGradient,
  trainStep,
} from '../../src/training/index.ts';
import { demonstrations, layout, model, parametersOf } from '../episodes/episodes.ts';
import { tinyTrainer } from './runs.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const EPISODES = 24;

/** Drawn episodes of several lengths, in groups of four, with old and reference policies a little off. */
function material(): { episodes: EpisodeBatch; outcome: Outcome } {
  const prompts = demonstrations(EPISODES / 4).flatMap(({ prompt }) => [prompt, prompt, prompt, prompt]);
  const parameters = parametersOf('f64');
  const rollouts = drawRollouts(decodable(model, parameters), {
    layout,
    prompts,
    drawing: atTemperature(1),
    random: (row) => randomStream(3, 'row', row),
  });
  const episodes = episodeBatch(layout, rollouts);
  const random = randomStream(4, 'noise');
  const logProb = logProbsOf(model, parameters, episodes);
  const near = (): Float64Array => logProb.map((x) => x + 0.1 * random.normal());
  return {
    episodes,
    outcome: {
      oldLogProb: near(),
      refLogProb: near(),
      reward: Float64Array.from(prompts, (_, i) => (i % 3) - 0.1 * (i % 2)),
      group: Int32Array.from(prompts, (_, i) => Math.floor(i / 4)),
    },
  };
}

describe('the cut', () => {
  test.each([1, 2, 5, 7, EPISODES - 1])('into micro-batches of %i takes every token once', (most) => {
    const { episodes } = scope(material);
    const parts = microBatches(episodes, most);
    expect(parts.length).toBe(Math.ceil(EPISODES / most));
    const taken = parts.flatMap(({ tokens }) => [...tokens]).sort((a, b) => a - b);
    expect(taken).toEqual(Array.from(episodes.targets, (_, t) => t));
    for (const { inputs, tokens, rows, legal } of parts) {
      const count = inputs.reduce((sum, { ids, length }) => sum + ids.length / length, 0);
      expect(count).toBeLessThanOrEqual(most);
      const size = inputs.reduce((sum, { ids }) => sum + ids.length, 0);
      expect(rows.every((row) => row >= 0 && row < size)).toBe(true);
      expect(legal.length).toBe(tokens.length * layout.vocabulary);
    }
  });

  test.each(['f32', 'f64'] as const)('leaves the logits as they are, to the bit, in %s', (type) => {
    scope(() => {
      const { episodes } = material();
      const parameters = parametersOf(type);
      const whole = legalLogits(model, parameters, episodes).readSync();
      for (const most of [1, 5, 23]) {
        const parts = logitsInParts(model, parameters, microBatches(episodes, most));
        expect(parts.readSync()).toEqual(whole);
      }
      expect(logProbsOf(model, parameters, episodes, 5)).toEqual(logProbsOf(model, parameters, episodes));
    });
  });
});

const EXTRAS: readonly Record<string, unknown>[] = [
  {},
  { update: 'decision', entropy: 0.3 },
  { aggregation: 'sequenceMean' },
];
const cases = objectiveNames.flatMap((objective) => [
  ...EXTRAS.map((extra) => ({ objective, extra })),
  ...(objective === 'sft' ? [] : [{ objective, extra: { beta: 0.3, klPlacement: 'loss' } }]),
]);

/** Both sides are sums of fewer than 1e4 products of numbers below 1e2. */
const TOLERANCE = 1e4 * 1e2 * Number.EPSILON;

function gradientWith(
  objective: ObjectiveName,
  extra: Readonly<Record<string, unknown>>,
  { episodes, outcome }: ReturnType<typeof material>,
  microBatch?: number,
): ReturnType<typeof splitGradient> {
  const phase = parseConfig({ task: { name: 'pickSum' }, train: { objective, ...extra } }, 'test').train;
  return splitGradient(model, parametersOf('f64'), phase, episodes, outcome, microBatch);
}

function distance(a: ReturnType<typeof splitGradient>, b: ReturnType<typeof splitGradient>): number {
  let most = 0;
  for (const [path, g] of Object.entries(a.gradient)) {
    const other = b.gradient[path]!.readSync();
    for (const [i, x] of g.readSync().entries()) most = Math.max(most, Math.abs(x - other[i]!));
  }
  return most;
}

test.each(cases)('$objective $extra: the same loss, gradient and split', ({ objective, extra }) => {
  scope(() => {
    const given = material();
    const whole = gradientWith(objective, extra, given);
    for (const most of [1, 7]) {
      const parts = gradientWith(objective, extra, given, most);
      expect(parts.loss).toBe(whole.loss);
      expect(distance(whole, parts)).toBeLessThan(TOLERANCE);
      for (const name of ['total', 'sample', 'decision'] as const) {
        expect(Math.abs(parts.norms[name]! - whole.norms[name]!)).toBeLessThan(
          TOLERANCE * (1 + whole.norms[name]!),
        );
      }
    }
    expect(whole.norms.total).toBeGreaterThan(1e-3);
  });
});

test('a batch that is cut before its loss has another gradient', () => {
  scope(() => {
    const given = material();
    const whole = gradientWith('dapo', {}, given);
    const { outcome } = given;
    // The gradient with every prompt of its own group, as it would be if advantages were taken within micro-batches of one.
    const cut = { ...given, outcome: { ...outcome, group: Int32Array.from(outcome.group, (_, i) => i) } };
    expect(distance(whole, gradientWith('dapo', {}, cut))).toBeGreaterThan(1e3 * TOLERANCE);
  });
});

test('a step of training goes through micro-batches where the configuration says so, from the same first loss', () => {
  scope(() => {
    const losses = ['0', '3'].map((microBatch) => {
      const trainer = tinyTrainer({ 'run.microBatch': microBatch });
      const first = trainStep(trainer, initialState(trainer));
      const second = trainStep(trainer, first.state);
      return [first.metrics.loss!, second.metrics.loss!] as const;
    });
    expect(losses[1]![0]).toBe(losses[0]![0]);
    // AdamW divides by the size of a gradient, so that a change by rounding moves a parameter by up to the learning rate.
    expect(Math.abs(losses[1]![1] - losses[0]![1])).toBeLessThan(1e-2);
  });
});

test('a step in micro-batches leaves no buffer behind', () => {
  const kernels = loadWasmKernelsSync();
  useKernels(kernels);
  const trainer = tinyTrainer({ 'run.microBatch': '3' });
  const live = (): number =>
    scope(() => {
      trainStep(trainer, initialState(trainer));
      return kernels.memory().buffers;
    });
  const state = scope(() => initialState(trainer));
  const before = kernels.memory().buffers;
  live();
  expect(kernels.memory().buffers).toBe(before);
  expect(state.step).toBe(0);
});
