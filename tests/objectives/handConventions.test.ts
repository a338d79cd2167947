// Weights worked out by hand of the objectives that look at the sampler, and under conventions of trainers that are no defaults.
import { describe, expect, it } from 'vitest';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { expectClose, LN2, offPolicy, pair, weightsOf } from './pair.ts';

describe('against the sampler', () => {
  // log old − log sampler: log 4, −log 4, 0, log 2.
  const drawn: Partial<TokenBatch> = {
    samplerLogProb: Float64Array.of(-1 - 2 * LN2, -2 + 2 * LN2, -0.5, -1 - LN2),
  };
  const raw = { stdEpsilon: 0, ddof: 0 };

  it('TIS truncates the weight, IcePop drops the token', () => {
    // Weights 4, ¼, 1, 2 on A/4 = ±¼; C = 2.
    expectClose(weightsOf('tis', pair(drawn), raw), [1 / 2, 1 / 16, 1 / 4, -1 / 2]);
    expectClose(weightsOf('tis', pair(drawn), { ...raw, samplerLow: 0.5 }), [1 / 2, 1 / 8, 1 / 4, -1 / 2]);
    expectClose(weightsOf('icepop', pair(drawn), raw), [1, 0, 1 / 4, -1 / 2]);
    expectClose(weightsOf('icepop', pair(drawn), { ...raw, samplerHigh: 3 }), [0, 0, 1 / 4, -1 / 2]);
  });

  it('by sequence the weights of the tokens are multiplied', () => {
    // 4·¼·1 = 1 and 2.
    const bySequence = { ...raw, samplerLevel: 'sequence' };
    expectClose(weightsOf('tis', pair(drawn), bySequence), [1 / 4, 1 / 4, 1 / 4, -1 / 2]);
    expectClose(weightsOf('icepop', pair(drawn), { ...bySequence, samplerHigh: 1.5 }), [
      1 / 4,
      1 / 4,
      1 / 4,
      0,
    ]);
  });

  it('DPPO has the ratio to the sampler, masks by the difference of probabilities and keeps the KL on masked tokens', () => {
    // r = 4, ¼, 1, 2; π = e^{−1}, e^{−2}, …: differences 0.276, −0.406, 0, 0.184. A = ±½, the bounds only where A pushes.
    const without = { beta: 0 };
    expectClose(weightsOf('dppo', pair(drawn), without), [0, 1 / 32, 1 / 8, -1 / 4]);
    const bad = pair({ ...drawn, reward: Float64Array.of(0, 1) });
    expectClose(weightsOf('dppo', bad, without), [-1 / 2, 0, -1 / 8, 1 / 4]);
    // −2·kl_tau·log r with β = 2·kl_tau, over four tokens.
    const pull = [2 * LN2, -2 * LN2, 0, LN2].map((x) => (-0.5 * x) / 4);
    const found = weightsOf('dppo', pair(drawn), { beta: 0.5 });
    expectClose(
      found,
      [0, 1 / 32, 1 / 8, -1 / 4].map((w, t) => w + pull[t]!),
    );
  });

  it('OPSM drops bad sequences that the sampler likes better, never good ones', () => {
    const far = Float64Array.of(-0.5, -1, 0, -0.25);
    // Mean distances 2/3 and ¾; A = 1 and −1.
    expectClose(weightsOf('opsm', pair({ samplerLogProb: far }), raw), [1 / 4, 1 / 4, 1 / 4, 0]);
    expectClose(weightsOf('opsm', pair({ samplerLogProb: far }), { ...raw, offPolicyThreshold: 0.75 }), [
      1 / 4,
      1 / 4,
      1 / 4,
      -1 / 4,
    ]);
  });

  it('without log-probs of the sampler it is the old policy', () => {
    for (const name of ['tis', 'icepop', 'opsm', 'dppo']) {
      const { oldLogProb } = pair(offPolicy);
      expect(weightsOf(name, pair(offPolicy))).toEqual(
        weightsOf(name, pair({ ...offPolicy, samplerLogProb: oldLogProb })),
      );
    }
  });
});

describe('conventions', () => {
  it('SAPO fades out with the distance of the ratio from 1', () => {
    // r = 2: 4·σ(1)·(1 − σ(1))·2 with τ = 1; A = ±1, L = 3 and 1, B = 2.
    const slope = (x: number): number => 1 / Math.cosh(x / 2) ** 2;
    const found = weightsOf('sapo', pair(offPolicy), { stdEpsilon: 0, ddof: 0, gateNegative: 2 });
    expectClose(found, [(2 * slope(1)) / 6, (0.5 * slope(-0.5)) / 6, 1 / 6, (-2 * slope(2)) / 2]);
  });

  it('CISPO may have a lower bound', () => {
    const raw = { normalizeByStd: false, clipHigh: 0, clipLow: 0.25 };
    // r = 2, ½, 1, 2 held within [¾, 1]; A/4 = ±⅛.
    expectClose(weightsOf('cispo', pair(offPolicy), raw), [1 / 8, 3 / 32, 1 / 8, -1 / 8]);
  });

  it('the product of ratios makes each token count the whole sequence, as RLOO on sequences', () => {
    const raw = { normalizeByStd: false, groupBaseline: 'others', sequenceRatio: 'product', clipHigh: 1 };
    // s = 2·½·1 = 1 and 2; A = ±1; s·A/B on every token.
    expectClose(weightsOf('gspo', pair(offPolicy), raw), [1 / 2, 1 / 2, 1 / 2, -1]);
  });

  it('a group of one has A = 0, or A = R', () => {
    const apart = pair({ group: Int32Array.of(0, 1), reward: Float64Array.of(3, 1) });
    for (const name of ['grpo', 'drGrpo', 'opo', 'rloo']) {
      const raw = { ...(name === 'grpo' ? { stdEpsilon: 0.5 } : {}), aggregation: 'sequenceSum' };
      expectClose(weightsOf(name, apart, { ...raw, groupOfOne: 'zero' }), [0, 0, 0, 0]);
      const size = name === 'grpo' ? 1.5 : 1;
      const whole = [3, 3, 3, 1].map((r) => r / 2 / size);
      expectClose(weightsOf(name, apart, { ...raw, groupOfOne: 'reward' }), whole);
    }
  });

  it('the std of the batch is over all rewards, that of the others leaves one out', () => {
    const batch = fourApart([0, 2, 4, 6]);
    const sum = { aggregation: 'sequenceSum', stdEpsilon: 0, ddof: 0 };
    // Two groups {0, 2} and {4, 6}: A = ∓1/√5 with the variance 5 of all four.
    const each = 1 / Math.sqrt(5) / 4;
    expectClose(weightsOf('grpo', batch, { ...sum, stdScope: 'batch' }), [-each, each, -each, each]);
    // One group of 0, 0, 1, 3: A of the last is 3 − ⅓, and the others' std √2/3.
    const together = { ...fourApart([0, 0, 1, 3]), group: new Int32Array(4) };
    const found = weightsOf('grpo', together, { ...sum, stdScope: 'others', groupBaseline: 'others' });
    expect(found[3]).toBeCloseTo((8 / 3 / (Math.SQRT2 / 3) / 4) * 1, 12);
  });

  it('GDPO standardises each reward function in its group, then whitens', () => {
    const batch = {
      ...fourApart([9, 9, 9, 9]),
      rewards: [Float64Array.of(0, 1, 0, 0), Float64Array.of(0, 0, 0, 100)],
    };
    const raw = {
      stdEpsilon: 0,
      ddof: 0,
      whitenDdof: 0,
      whitenEpsilon: 0,
      aggregation: 'sequenceSum',
    };
    // −1, 1 from the first and −1, 1 from the second, whatever their sizes; the sum has mean 0 and variance 1.
    expectClose(weightsOf('gdpo', batch, raw), [-1 / 4, 1 / 4, -1 / 4, 1 / 4]);
    // With the weights 1 and 0 only the first is left, of variance ½.
    expectClose(weightsOf('gdpo', batch, { ...raw, rewardWeights: '1,0' }), [
      -Math.SQRT2 / 4,
      Math.SQRT2 / 4,
      0,
      0,
    ]);
    expect(() => weightsOf('gdpo', batch, { rewardWeights: '1,2,3' })).toThrow(
      'gdpo: option rewardWeights: expected at most 2 weights, one for each reward function, found 3',
    );
  });

  it('GDPO takes a cost as one more reward function', () => {
    const batch = { ...pair(), rewards: [Float64Array.of(1, 1)] };
    const raw = { stdEpsilon: 0, ddof: 0, whitenDdof: 0, whitenEpsilon: 0, attemptCost: 0.25 };
    // The first trajectory has two attempts: −¼ and 0, which is −1 and 1 once standardised.
    expectClose(weightsOf('gdpo', batch, raw), [-1 / 4, -1 / 4, -1 / 4, 1 / 4]);
    expectClose(weightsOf('gdpo', batch, { ...raw, attemptCost: 0 }), [0, 0, 0, 0]);
  });

  it('MaxRL has A = 0 where no reward is above 0', () => {
    expectClose(weightsOf('maxrl', pair({ reward: Float64Array.of(0, 0) })), [0, 0, 0, 0]);
    expectClose(weightsOf('maxrl', pair({ reward: Float64Array.of(1, -1) })), [0, 0, 0, 0]);
    // Mean ¼: A = 3 and −3 … from R = 1 and −½.
    expectClose(weightsOf('maxrl', pair({ reward: Float64Array.of(1, -0.5) })), [
      3 / 4,
      3 / 4,
      3 / 4,
      -3 / 4,
    ]);
  });
});

/** Four trajectories of one token, on policy, in two groups of two. */
function fourApart(reward: readonly number[]): TokenBatch {
  const ones = (x: number): Float64Array => new Float64Array(4).fill(x);
  return {
    offsets: Int32Array.of(0, 1, 2, 3, 4),
    logProb: ones(-1),
    oldLogProb: ones(-1),
    refLogProb: ones(-1),
    mask: new Uint8Array(4).fill(1),
    component: new Uint8Array(4),
    attempt: new Int32Array(4),
    reward: Float64Array.from(reward),
    group: Int32Array.of(0, 0, 1, 1),
  };
}
