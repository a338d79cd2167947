// Log-probs, those of the old and of the reference policy anywhere within ±1 000, all objectives and options, f32 and f64: the gradient of
// the loss is finite and is the weights, or an error names token and term because a number is beyond the type.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grad, scope, tensor } from '../../src/autodiff/index.ts';
import { InputError } from '../../src/base/errors.ts';
import type { Options } from '../../src/base/options.ts';
import type { FloatType } from '../../src/kernels/index.ts';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { dppo, grpo, gspo, objectiveNames, objectives, ppo } from '../../src/objectives/index.ts';
import type { Objective } from '../../src/objectives/objective.ts';
import { cases } from '../full.ts';
import { batches, isNearKink, optionsOf, withoutSingletons } from './batches.ts';
import './engine.ts';

const EPSILONS: Record<FloatType, number> = { f32: 2 ** -23, f64: 2 ** -52 };
const SMALLEST: Record<FloatType, number> = { f32: 2 ** -149, f64: Number.MIN_VALUE };
/** The largest log-ratio of each type. */
const EXPONENTS: Record<FloatType, number> = { f32: 88, f64: 709 };

/** Multiples of 1/64 below 2 000 and their differences are the same numbers in both types. */
const wide = fc.oneof(
  fc.integer({ min: -64_000, max: 64_000 }).map((n) => n / 64),
  fc.integer({ min: -256, max: 0 }).map((n) => n / 64),
  fc.constantFrom(0, -1, 90, -90, 720, -720, 1000, -1000),
);

const wideBatches: fc.Arbitrary<TokenBatch> = batches.chain((batch) => {
  const perToken = fc.array(wide, { minLength: batch.mask.length, maxLength: batch.mask.length });
  return fc.tuple(perToken, perToken, perToken, fc.boolean()).map(([logProb, old, ref, near]) => ({
    ...batch,
    logProb: Float64Array.from(logProb),
    // Half of the time on policy, so that not every batch overflows somewhere.
    oldLogProb: Float64Array.from(near ? logProb : old),
    refLogProb: Float64Array.from(ref),
  }));
});

const outcome = <T>(body: () => T): T | string => {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
};

function gradient(objective: Objective, batch: TokenBatch, options: Options, dtype: FloatType): Float64Array {
  return scope(() => {
    const at = { logProb: tensor(batch.logProb, { dtype }) };
    const found = grad((p: typeof at) => objective.loss(p.logProb, batch, options))(at);
    return Float64Array.from(found.logProb.readSync());
  });
}

/** May an advantage, which can hold a k3, times a ratio reach the end of the type? All other factors are below e^10. */
function mayOverflow({ mask, logProb, oldLogProb, refLogProb }: TokenBatch, dtype: FloatType): boolean {
  const largest = (of: (t: number) => number): number =>
    Math.max(0, ...Array.from(mask, (m, t) => (m === 1 ? of(t) : 0)));
  const ratio = largest((t) => logProb[t]! - oldLogProb[t]!);
  return ratio + largest((t) => refLogProb[t]! - logProb[t]!) > EXPONENTS[dtype] - 10;
}

describe.each(objectiveNames)('%s far from the old and the reference policy', (name) => {
  const objective = objectives[name];
  const bySequence = name === 'gspo' || name === 'luspo';
  it.each(['f32', 'f64'] as const)('has finite gradients that are its weights, %s', (dtype) => {
    fc.assert(
      fc.property(wideBatches.map(withoutSingletons), optionsOf(name), (batch, options) => {
        const tokens = batch.logProb.length;
        // The log-ratio of a sequence is a sum of numbers up to 2 000; that of a token is exact, and exp is good to 2 ulp.
        let roundings = 32 + (bySequence ? (tokens + 2) * 2000 : 0);
        // The gate of sapo is e^−x of an x = τ·(r − 1) that is off by 4 ulp, which matters up to the x where it is 0.
        if (name === 'sapo') {
          const gate = Math.max(options.gatePositive as number, options.gateNegative as number);
          const largest = Math.max(0, ...batch.logProb.map((x, t) => x - batch.oldLogProb[t]!));
          roundings += 4 * Math.min(gate * Math.exp(largest), -Math.log(SMALLEST[dtype]));
        }
        fc.pre(!isNearKink(name, batch, options, roundings * EPSILONS[dtype]));
        // dppo's ratio and its penalty are those to the sampler.
        const sampler = batch.samplerLogProb ?? batch.oldLogProb;
        const seen = name === 'dppo' ? { ...batch, oldLogProb: sampler, refLogProb: sampler } : batch;
        const found = outcome(() => gradient(objective, batch, options, dtype));
        const w = outcome(() => objective.weights(batch, options));
        if (typeof found === 'string') {
          expect(found).toMatch(new RegExp(`^${name}: the .* of token \\d+ \\(trajectory \\d+\\)`));
          expect(mayOverflow(seen, dtype)).toBe(true);
          if (dtype === 'f64') expect(w).toBe(found);
          return;
        }
        if (typeof w === 'string') throw new Error(`the loss has a gradient, the weights do not: ${w}`);
        const plain = options.klPlacement === 'loss' ? { ...options, beta: 0 } : options;
        const alone = objective.weights(batch, plain);
        // A ratio that is subnormal is off by half of the smallest number, times what it is multiplied by: c·A, the weight on policy.
        const factor = objective.weights(
          { ...batch, oldLogProb: batch.logProb, samplerLogProb: batch.logProb },
          plain,
        );
        for (let t = 0; t < tokens; t++) {
          const size = Math.abs(alone[t]!) + Math.abs(w[t]! - alone[t]!);
          // So is an advantage that is subnormal, times the ratio.
          const ratio = Math.exp(Math.min(seen.logProb[t]! - seen.oldLogProb[t]!, EXPONENTS[dtype]));
          const tolerance =
            (roundings + tokens) * EPSILONS[dtype] * size +
            8 * SMALLEST[dtype] * (1 + Math.abs(factor[t]!) + ratio);
          expect(Number.isFinite(found[t])).toBe(true);
          expect(Math.abs(w[t]! + found[t]!)).toBeLessThanOrEqual(tolerance);
        }
      }),
      { numRuns: cases(200) },
    );
  });
});

/** One token at log-ratio and δ, and a second trajectory on policy; rewards r and 0. */
function twoTokens(logRatio: number, delta: number, reward: number): TokenBatch {
  return {
    offsets: Int32Array.of(0, 1, 2),
    logProb: Float64Array.of(-1, -1),
    oldLogProb: Float64Array.of(-1 - logRatio, -1),
    refLogProb: Float64Array.of(-1 - delta, -1),
    mask: Uint8Array.of(1, 1),
    component: Uint8Array.of(0, 1),
    attempt: Int32Array.of(0, 0),
    reward: Float64Array.of(reward, 0),
    group: Int32Array.of(0, 0),
  };
}

describe('beyond the type', () => {
  const outcomes = (objective: Objective, batch: TokenBatch, raw: object): (string | number)[] => {
    const options = objective.parseOptions({ ...raw });
    const first = (body: () => Float64Array): string | number => {
      const found = outcome(body);
      return typeof found === 'string' ? found : found[0]! + 0;
    };
    return [
      first(() => gradient(objective, batch, options, 'f32')),
      first(() => gradient(objective, batch, options, 'f64')),
      first(() => objective.weights(batch, options)),
    ];
  };

  it('a clipped ratio has no gradient', () => {
    expect(outcomes(grpo, twoTokens(90, 0, 1), {})).toEqual([0, 0, 0]);
    expect(outcomes(grpo, twoTokens(720, 0, 1), {})).toEqual([0, 0, 0]);
  });

  it('a zero advantage has no gradient', () => {
    expect(outcomes(grpo, twoTokens(720, 0, 0), {})).toEqual([0, 0, 0]);
  });

  it('a ratio that is not clipped is an error', () => {
    const message = (type: string, limit: string): string =>
      `ppo: the slope of the surrogate of token 0 (trajectory 0) is -Infinity, expected at most ${limit} in absolute value (${type})`;
    const [f32, f64, weights] = outcomes(ppo, twoTokens(720, 0, -1), {});
    expect([f32, f64, weights]).toEqual([
      message('f32', '1.65e+38'),
      message('f64', '8.22e+307'),
      message('f64', '8.22e+307'),
    ]);
    expect(outcomes(ppo, twoTokens(90, 0, -1), {})[0]).toContain('token 0 (trajectory 0) is -1.22e+39');
  });

  it('so is one whose factor would make a number of it again', () => {
    // 0.1·e^89 is a number of f32, and e^89 is none: the ratio was cut, and the token had no gradient.
    const options = { advantageScale: 0.1, differenceHigh: 1 };
    const [f32, f64, weights] = outcomes(dppo, twoTokens(89, 0, -1), options);
    expect(f32).toBe(
      'dppo: the slope of the surrogate before its factor of token 0 (trajectory 0) is -2.24e+38, expected at most 8.26e+37 in absolute value (f32)',
    );
    expect(f64).toBeCloseTo(-(weights as number), -30);
  });

  it('so is the ratio of a sequence whose sum over the tokens is none', () => {
    // e^88 is a number of f32, four times it is none, and one fourth of that is the slope.
    const batch = twoTokens(88, 0, -1);
    const four = (x: Float64Array): Float64Array => Float64Array.of(x[0]!, x[0]!, x[0]!, x[0]!, x[1]!);
    const long: TokenBatch = {
      ...batch,
      offsets: Int32Array.of(0, 4, 5),
      logProb: four(batch.logProb),
      oldLogProb: four(batch.oldLogProb),
      refLogProb: four(batch.refLogProb),
      mask: new Uint8Array(5).fill(1),
      component: new Uint8Array(5),
      attempt: new Int32Array(5),
    };
    const [f32, f64, weights] = outcomes(gspo, long, { normalizeByStd: false });
    expect(f32).toContain(
      'gspo: the slope of the surrogate before its factor of token 0 (trajectory 0) is -3.3e+38',
    );
    expect(f64).toBeCloseTo(-(weights as number), -30);
  });

  it('k3 of an impossible token is an error, in the loss and in the reward', () => {
    const [f32, f64, weights] = outcomes(grpo, twoTokens(0, -720, 1), { beta: 1 });
    expect(f64).toBe(
      'grpo: the KL estimator k3 of token 0 (trajectory 0) is Infinity, expected at most 8.99e+307 in absolute value (f64)',
    );
    expect(weights).toBe(f64);
    expect(f32).toContain('the KL estimator k3 of token 0');
    const inReward = outcomes(grpo, twoTokens(0, -720, 1), { beta: 1, klPlacement: 'reward' });
    for (const one of inReward)
      expect(one).toBe(
        'grpo: the KL estimator k3 of token 0 (trajectory 0), inside the reward, is Infinity: log π − log π_ref is -720',
      );
  });
});
