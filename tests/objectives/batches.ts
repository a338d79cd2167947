// Random batches and options for the property tests.
import fc from 'fast-check';
import type { Options } from '../../src/base/options.ts';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { type objectiveNames, objectives } from '../../src/objectives/index.ts';
import { COMPONENTS } from '../../src/policy/component.ts';

const [SAMPLE, DECISION] = [COMPONENTS.indexOf('sample'), COMPONENTS.indexOf('decision')];

export const EPSILON = Number.EPSILON;

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Multiples of 1/64: rewards and log-probs that are equal or clearly apart, so that a std does not amplify rounding. */
const grid = (min: number, max: number) => fc.integer({ min: 64 * min, max: 64 * max }).map((n) => n / 64);

interface Token {
  readonly logProb: number;
  readonly old: number;
  readonly ref: number;
  readonly sampler: number;
  readonly value: number;
  readonly mask: boolean;
  readonly component: number;
  readonly jump: boolean;
}

const token: fc.Arbitrary<Token> = fc.record({
  logProb: fc.integer({ min: -256, max: -1 }).map((n) => n / 64),
  old: fc.oneof(fc.constant(0), grid(-1, 1), grid(-2, 2)),
  ref: fc.oneof(fc.constant(0), grid(-2, 2)),
  sampler: fc.oneof(fc.constant(0), grid(-1, 1), grid(-2, 2)),
  value: grid(-1, 1),
  mask: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  component: fc.constantFrom(SAMPLE, SAMPLE, DECISION),
  jump: fc.boolean(),
});

const maskedOut: fc.Arbitrary<Token> = token.map((t) => ({ ...t, mask: false }));

const tokens: fc.Arbitrary<Token[]> = fc.oneof(
  { weight: 5, arbitrary: fc.array(token, { minLength: 1, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constant<Token[]>([]) },
  { weight: 1, arbitrary: fc.array(maskedOut, { minLength: 1, maxLength: 3 }) },
);

const trajectory = fc.record({
  tokens,
  reward: fc.oneof(fc.constantFrom(0, 1), grid(-2, 2)),
  group: fc.constantFrom(7, 2),
  rewards: fc.tuple(fc.constantFrom(0, 1), grid(-1, 1)),
});

/** Batches of 2 to 6 trajectories, some without tokens or without masked-in ones; groups interleaved, of any size. */
export const batches: fc.Arbitrary<TokenBatch> = fc
  .array(trajectory, { minLength: 2, maxLength: 6 })
  .filter((all) => all.some((one) => one.tokens.length > 0))
  .map((all) => {
    const tokens = all.flatMap((one) => one.tokens);
    const offsets = new Int32Array(all.length + 1);
    for (const [i, one] of all.entries()) offsets[i + 1] = offsets[i]! + one.tokens.length;
    const attempt = all.flatMap((one) => {
      let k = 0;
      return one.tokens.map(({ jump }) => (jump ? k++ : k));
    });
    return {
      offsets,
      logProb: Float64Array.from(tokens, (t) => t.logProb),
      oldLogProb: Float64Array.from(tokens, (t) => t.logProb - t.old),
      refLogProb: Float64Array.from(tokens, (t) => t.logProb - t.ref),
      mask: Uint8Array.from(tokens, (t) => (t.mask ? 1 : 0)),
      component: Uint8Array.from(tokens, (t) => t.component),
      attempt: Int32Array.from(attempt),
      reward: Float64Array.from(all, (one) => one.reward),
      group: Int32Array.from(all, (one) => one.group),
      value: Float64Array.from(tokens, (t) => t.value),
      samplerLogProb: Float64Array.from(tokens, (t) => t.logProb - t.old - t.sampler),
      rewards: [0, 1].map((k) => Float64Array.from(all, (one) => one.rewards[k]!)),
    };
  });

/** The batch with a group of one put into the other group: RLOO is not defined on it. */
export function withoutSingletons(batch: TokenBatch): TokenBatch {
  const count = (g: number): number => batch.group.filter((x) => x === g).length;
  const single = batch.group.find((g) => count(g) === 1);
  return single === undefined ? batch : { ...batch, group: batch.group.map(() => 7) };
}

const numbers: Record<string, fc.Arbitrary<number>> = {
  beta: fc.oneof(fc.constant(0), number(0.01, 1)),
  baseline: number(-1, 1),
  gaeLambda: fc.oneof(fc.constant(1), number(0, 1)),
  clipLow: number(0, 1),
  clipHigh: number(0, 1),
  dualClip: fc.oneof(fc.constant(0), number(1.5, 4)),
  stdEpsilon: fc.constantFrom(0, 1e-6, 1e-4, 0.1),
  ddof: fc.constantFrom(0, 1),
  maxLength: fc.integer({ min: 1, max: 20 }),
  microBatchSize: fc.integer({ min: 1, max: 4 }),
  advantageScale: number(0.1, 2),
  differenceLow: number(0, 0.5),
  differenceHigh: number(0, 0.5),
  samplerLow: number(0, 1),
  samplerHigh: number(1, 3),
  offPolicyThreshold: number(-1, 1),
  gatePositive: number(0.5, 2),
  gateNegative: number(0.5, 2),
  whitenDdof: fc.constantFrom(0, 1),
  whitenEpsilon: fc.constantFrom(0, 1e-8, 0.1),
  // In steps of 1/64, as rewards are: with at most six tokens it takes less than 5/4 off.
  attemptCost: fc.oneof(
    fc.constant(0),
    fc.integer({ min: -15, max: 15 }).map((n) => n / 64),
  ),
};

/** Complete options of an objective, every value of every choice. */
export function optionsOf(name: (typeof objectiveNames)[number]): fc.Arbitrary<Options> {
  const { options } = objectives[name];
  const fields: Record<string, fc.Arbitrary<number | string | boolean | number[]>> = {};
  for (const [key, spec] of Object.entries(options)) {
    if (key === 'rewardWeights') fields[key] = fc.constantFrom([1], [2, 0.5]);
    else if (spec.choices !== undefined) fields[key] = fc.constantFrom(...spec.choices);
    else fields[key] = typeof spec.default === 'boolean' ? fc.boolean() : numbers[key]!;
  }
  return fc.record(fields).map((raw) => objectives[name].parseOptions(raw));
}

/** Ratios of masked-in tokens, or of sequences for the objectives that use these. */
function ratiosOf(name: string, batch: TokenBatch, { sequenceRatio }: Options): number[] {
  const out: number[] = [];
  for (let i = 0; i < batch.reward.length; i++) {
    const deltas: number[] = [];
    for (let t = batch.offsets[i]!; t < batch.offsets[i + 1]!; t++) {
      if (batch.mask[t] === 1) deltas.push(batch.logProb[t]! - batch.oldLogProb[t]!);
    }
    if (name === 'gspo' || name === 'luspo')
      out.push(deltas.reduce((a, b) => a + b, 0) / (sequenceRatio === 'product' ? 1 : deltas.length || 1));
    else out.push(...deltas);
  }
  return out.map(Math.exp);
}

/**
 * Is a ratio within a relative distance of an edge of the clip? There the derivative jumps. The distance is the largest by
 * which the ratio may be off: rounding of exp and of the sum below it, or the step of a difference quotient.
 */
export function isNearKink(name: string, batch: TokenBatch, options: Options, distance: number): boolean {
  if (options.clipLow === undefined) return false;
  const { clipLow, clipHigh, dualClip } = options as { clipLow: number; clipHigh: number; dualClip: number };
  const edges = [1 + clipHigh, 1 - clipLow, dualClip].filter((edge) => edge > 0);
  return ratiosOf(name, batch, options).some((r) =>
    edges.some((edge) => Math.abs(r - edge) <= distance * edge),
  );
}
