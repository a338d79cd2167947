// The same parameters after the same gradients as PyTorch's optimisers give.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Parameters, scope, tensor } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import {
  adamw,
  applyUpdates,
  chain,
  clipByGlobalNorm,
  type GradientTransformation,
  sgd,
  warmupCosine,
} from '../../src/optim/index.ts';
import { relativeDifference } from '../nn/models.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { announceSkipped, python, runScript } from './python.ts';

const STEPS = 12;
const learningRate = warmupCosine({ peak: 0.1, warmup: 3, steps: STEPS });

interface Case {
  readonly name: string;
  readonly ours: GradientTransformation;
  /** What the script takes. */
  readonly theirs: { readonly optimiser: string; readonly options: object; readonly clip: number | null };
}

const cases: readonly Case[] = [
  {
    name: 'AdamW with what is usual',
    ours: adamw({ learningRate }),
    theirs: { optimiser: 'AdamW', options: {}, clip: null },
  },
  {
    name: 'AdamW with other constants',
    ours: adamw({ learningRate, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.3 }),
    theirs: { optimiser: 'AdamW', options: { betas: [0.8, 0.95], eps: 1e-3, weight_decay: 0.3 }, clip: null },
  },
  {
    name: 'AdamW with clipping by the global norm',
    ours: adamw({ learningRate, clipNorm: 0.5 }),
    theirs: { optimiser: 'AdamW', options: {}, clip: 0.5 },
  },
  {
    name: 'SGD',
    ours: sgd({ learningRate }),
    theirs: { optimiser: 'SGD', options: {}, clip: null },
  },
  {
    name: 'SGD with momentum',
    ours: sgd({ learningRate, momentum: 0.9 }),
    theirs: { optimiser: 'SGD', options: { momentum: 0.9 }, clip: null },
  },
  {
    name: 'SGD with clipping by the global norm',
    ours: chain(clipByGlobalNorm(0.5), sgd({ learningRate })),
    theirs: { optimiser: 'SGD', options: {}, clip: 0.5 },
  },
];

const random = randomStream(1, 'pytorch');
const draw = (): number[][] => [2, 3].map((n) => Array.from({ length: n }, () => random.normal()));
const parameters = draw();
const gradients = Array.from({ length: STEPS }, draw);

function run(t: GradientTransformation): number[][] {
  return scope(() => {
    const record = (lists: readonly number[][]): Parameters =>
      Object.fromEntries(lists.map((list, i) => [`p${i}`, tensor(list)]));
    let current = record(parameters);
    let state: Parameters = t.initial(current);
    return gradients.map((gradient, step) => {
      const after = t.update(record(gradient), state, current, step);
      state = after.state;
      current = applyUpdates(current, after.updates);
      return Object.values(current).flatMap((x) => [...x.readSync()]);
    });
  });
}

announceSkipped(cases.length);

describe.skipIf(python === undefined)('PyTorch', () => {
  let answers: number[][][][] = [];
  beforeAll(() => {
    chooseKernels();
    const rates = Array.from({ length: STEPS }, (_, step) => learningRate(step));
    answers = runScript(
      'optimisers.py',
      cases.map(({ theirs }) => ({ ...theirs, rates, parameters, gradients })),
    );
  });

  test.each(cases.map((one, i) => [one.name, one, i] as const))('%s', (_, { ours, theirs }, i) => {
    // PyTorch divides by ‖g‖ + 1e-6 when it clips.
    const tolerance = theirs.clip === null ? 1e-13 : 1e-5;
    const found = run(ours);
    expect(found).toHaveLength(STEPS);
    for (const [step, values] of found.entries()) {
      expect(relativeDifference(values, answers[i]![step]!.flat()), `step ${step}`).toBeLessThan(tolerance);
    }
  });
});
