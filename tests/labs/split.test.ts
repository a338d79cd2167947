// Gradients divided by segments, against gradients of each segment alone; and mistakes that must show.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  add,
  gather,
  grad,
  indices,
  logSoftmax,
  mul,
  type Parameters,
  pick,
  reshape,
  scope,
  sum,
  type Tensor,
  tensor,
  useKernels,
} from '../../src/autodiff/index.ts';
import { ShapeError } from '../../src/base/errors.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/index.ts';
import type { LabShare } from '../../src/labs/lab.ts';
import { type SegmentedLoss, SplitMean, segmentGradient } from '../../src/labs/shared/split.ts';
import { gpt2, initialise } from '../../src/nn/index.ts';
import { getObjective, type TokenBatch } from '../../src/objectives/index.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const EPSILON = 2 ** -52;

/** A batch of trajectories of four tokens in groups of two, and who owns which token. */
interface Case {
  readonly parameters: Parameters;
  logProbs(parameters: Parameters): Tensor;
  readonly batch: (values: Float64Array) => TokenBatch;
  readonly segment: Uint8Array;
  readonly segments: readonly string[];
}

const LENGTH = 4;

function caseOf(
  seed: number,
  trajectories: number,
  segments: number,
  policy: Pick<Case, 'parameters' | 'logProbs'>,
): Case {
  const random = randomStream(seed, 'case');
  const count = trajectories * LENGTH;
  const reward = Float64Array.from({ length: trajectories }, () => random.normal());
  return {
    ...policy,
    batch: (logProb) => ({
      offsets: Int32Array.from({ length: trajectories + 1 }, (_, i) => i * LENGTH),
      logProb,
      oldLogProb: logProb.map((x, t) => x + 0.1 * Math.sin(t)),
      refLogProb: logProb.map((x, t) => x + 0.2 * Math.cos(t)),
      mask: new Uint8Array(count).fill(1),
      component: new Uint8Array(count),
      attempt: new Int32Array(count),
      reward,
      group: Int32Array.from({ length: trajectories }, (_, i) => i >> 1),
    }),
    segment: Uint8Array.from({ length: count }, () => random.integer(segments)),
    segments: Array.from({ length: segments }, (_, k) => `s${k}`),
  };
}

const ROWS = 5;
const VOCABULARY = 3;

/** Logits by row, which tokens share. */
function tabular(seed: number, tokens: number): Pick<Case, 'parameters' | 'logProbs'> {
  const random = randomStream(seed, 'tabular');
  const values = Float64Array.from({ length: ROWS * VOCABULARY }, () => random.normal());
  const at = Array.from(
    { length: tokens },
    () => random.integer(ROWS) * VOCABULARY + random.integer(VOCABULARY),
  );
  return {
    parameters: { logits: tensor(values, { shape: [ROWS, VOCABULARY] }) },
    logProbs: ({ logits }) => gather(reshape(logSoftmax(logits!), [ROWS * VOCABULARY]), indices(at)),
  };
}

/** A GPT-2 of width 8, whose sequences are the trajectories. */
function transformer(seed: number, trajectories: number): Pick<Case, 'parameters' | 'logProbs'> {
  const model = gpt2({ vocabulary: 7, context: LENGTH, width: 8, layers: 2, heads: 2, tied: true });
  const random = randomStream(seed, 'transformer');
  const draw = (): number[] => Array.from({ length: trajectories * LENGTH }, () => random.integer(7));
  const [seen, next] = [draw(), draw()];
  return {
    parameters: initialise(model.layout, random, 'f64'),
    logProbs: (parameters) => {
      const logits = model.logits(parameters, reshape(indices(seen), [trajectories, LENGTH]));
      return pick(logSoftmax(reshape(logits, [trajectories * LENGTH, 7])), indices(next));
    },
  };
}

function lossOf({ parameters, logProbs, batch, segment, segments }: Case, name: string): SegmentedLoss {
  const objective = getObjective(name);
  const options = objective.parseOptions(name === 'grpo' ? { beta: 0.3 } : {});
  return {
    parameters,
    logProbs,
    loss: (logProb, values) => objective.loss(logProb, batch(values), options),
    segment,
    segments,
  };
}

/** w_t of the closed form of the objective, and by segment the gradient of −Σ_{t in it} w_t·log π_t, each by a pass of its own. */
function byHand(one: Case, name: string): { weight: Float64Array; gradients: Parameters[] } {
  const objective = getObjective(name);
  const options = objective.parseOptions(name === 'grpo' ? { beta: 0.3 } : {});
  const values = Float64Array.from(one.logProbs(one.parameters).readSync());
  const weight = objective.weights(one.batch(values), options);
  const gradients = one.segments.map((_, k) => {
    const own = tensor(weight.map((w, t) => (one.segment[t] === k ? -w : 0)));
    return grad((p: Parameters) => sum(mul(one.logProbs(p), own)))(one.parameters);
  });
  return { weight, gradients };
}

function normOf(parameters: Parameters): number {
  let squares = 0;
  for (const x of Object.values(parameters)) for (const value of x.readSync()) squares += value * value;
  return Math.sqrt(squares);
}

/** ‖Σ gradients − whole‖. */
function distance(parts: readonly Parameters[], whole: Parameters): number {
  const difference = Object.fromEntries(
    Object.entries(whole).map(([path, x]) => [
      path,
      parts.reduce((rest, part) => add(rest, mul(part[path]!, -1)), x),
    ]),
  );
  return normOf(difference);
}

/** What rounding may do: sums of a few hundred terms in a few layers, 1000·ε of the norms of all parts. */
function rounding(gradients: readonly Parameters[]): number {
  return 1000 * EPSILON * gradients.reduce((total, gradient) => total + normOf(gradient), 0);
}

function expectSplit(one: Case, name: string): void {
  const { split, gradient, loss } = segmentGradient(lossOf(one, name));
  const { weight, gradients } = byHand(one, name);
  const bound = rounding(gradients);
  expect(Number.isFinite(loss)).toBe(true);
  expect(distance(gradients, gradient)).toBeLessThanOrEqual(bound);
  const total = weight.reduce((size, w) => size + Math.abs(w), 0);
  const norms = gradients.map(normOf);
  const norm = norms.reduce((size, x) => size + x, 0);
  for (const [k, segment] of one.segments.entries()) {
    const own = [...weight].filter((_, t) => one.segment[t] === k);
    const share = split[segment]!;
    const tolerance = 1000 * EPSILON;
    expect(Math.abs(share.weight - own.reduce((s, w) => s + Math.abs(w), 0) / total)).toBeLessThan(tolerance);
    expect(Math.abs(share.mass - own.reduce((s, w) => s + w, 0) / total)).toBeLessThan(tolerance);
    expect(Math.abs(share.gradient - norms[k]! / norm)).toBeLessThan(tolerance);
  }
}

describe('segments', () => {
  test.each(['rloo', 'grpo', 'reinforce', 'sft'])(
    'of a tabular policy under %s are those computed alone',
    (name) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 1e6 }),
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 1, max: 4 }),
          (seed, pairs, segments) =>
            scope(() => {
              const policy = tabular(seed, 2 * pairs * LENGTH);
              expectSplit(caseOf(seed, 2 * pairs, segments, policy), name);
            }),
        ),
        { numRuns: 30 },
      );
    },
  );

  test.each(['rloo', 'grpo'])('of a transformer under %s are those computed alone', (name) => {
    for (const seed of [1, 2, 3]) {
      scope(() => expectSplit(caseOf(seed, 4, 3, transformer(seed, 4)), name));
    }
  });

  test('add up to the gradient of the whole loss', () => {
    for (const seed of [4, 5]) {
      scope(() => {
        const one = caseOf(seed, 4, 3, transformer(seed, 4));
        const divided = segmentGradient(lossOf(one, 'rloo'));
        const whole = segmentGradient(
          lossOf({ ...one, segments: ['all'], segment: new Uint8Array(one.segment.length) }, 'rloo'),
        );
        expect(distance([divided.gradient], whole.gradient)).toBeLessThanOrEqual(
          rounding(byHand(one, 'rloo').gradients),
        );
        expect(divided.loss).toBe(whole.loss);
        expect(whole.split.all!.weight).toBe(1);
        expect(whole.split.all!.gradient).toBe(1);
      });
    }
  });

  test('one token in another segment is seen', () => {
    scope(() => {
      const one = caseOf(3, 4, 2, transformer(3, 4));
      const moved = one.segment.map((s, t) => (t === 5 ? 1 - s : s));
      const { split } = segmentGradient(lossOf({ ...one, segment: moved }, 'rloo'));
      const right = segmentGradient(lossOf(one, 'rloo')).split;
      expect(Math.abs(split.s0!.weight - right.s0!.weight)).toBeGreaterThan(1e-3);
      expect(Math.abs(split.s0!.gradient - right.s0!.gradient)).toBeGreaterThan(1e-3);
    });
  });

  test('labels that do not fit are refused', () => {
    scope(() => {
      const one = caseOf(1, 2, 2, tabular(1, 8));
      const refused = (change: Partial<Case>): unknown => {
        try {
          return segmentGradient(lossOf({ ...one, ...change }, 'rloo'));
        } catch (error) {
          return error;
        }
      };
      for (const change of [
        { segment: one.segment.map((s, t) => (t === 6 ? 2 : s)) },
        { segment: one.segment.subarray(0, 7) },
        { segment: Uint8Array.of(0) },
        { segments: ['same', 'same'] },
        { segments: [] },
      ]) {
        expect(refused(change)).toBeInstanceOf(ShapeError);
      }
      expect(String(refused({ segment: one.segment.map((s, t) => (t === 6 ? 2 : s)) }))).toMatch(
        /segment\[6\]: .*from 0 to 1, found 2/,
      );
    });
  });

  test('where all advantages are 0 nothing is divided', () => {
    scope(() => {
      const one = caseOf(1, 2, 2, tabular(1, 8));
      const flat = {
        ...one,
        batch: (x: Float64Array) => ({ ...one.batch(x), reward: Float64Array.of(1, 1) }),
      };
      for (const share of Object.values(segmentGradient(lossOf(flat, 'rloo')).split)) {
        expect(Math.abs(share.weight) + Math.abs(share.mass) + Math.abs(share.gradient)).toBe(0);
      }
    });
  });
});

describe('the mean over steps', () => {
  const share = (weight: number, gradient = weight): LabShare => ({ weight, mass: -weight, gradient });

  test('is that of the shares', () => {
    const mean = new SplitMean();
    mean.add({ a: share(0.25), b: share(0.75) });
    mean.add({ a: share(0.5, 1), b: share(0.5, 0) });
    expect(mean.shares()).toEqual({
      a: { weight: 0.375, mass: -0.375, gradient: 0.625 },
      b: { weight: 0.625, mass: -0.625, gradient: 0.375 },
    });
  });

  test('adds up to 1 although some steps had nothing to divide', () => {
    const mean = new SplitMean();
    mean.add({ a: share(0.25), b: share(0.75) });
    mean.add({ a: share(0), b: share(0) });
    const { a, b } = mean.shares();
    expect(a!.weight + b!.weight).toBe(1);
    expect(a!.gradient + b!.gradient).toBe(1);
  });

  test('of no step at all is empty, and of nothing to divide 0', () => {
    const mean = new SplitMean();
    expect(mean.shares()).toEqual({});
    mean.add({ a: { weight: 0, mass: 0, gradient: 0 } });
    expect(mean.shares()).toEqual({ a: { weight: 0, mass: 0, gradient: 0 } });
  });
});
