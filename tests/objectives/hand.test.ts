// Weights worked out by hand from the published formulas, one objective at a time. The binary fractions make most of them exact.
import { describe, expect, it } from 'vitest';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import { DECISION, expectClose, LN2, offPolicy, pair, SAMPLE, weightsOf } from './pair.ts';

describe('on policy', () => {
  it.each([
    ['sft', {}, [1 / 4, 1 / 4, 1 / 4, 1 / 4]],
    ['sft', { aggregation: 'sequenceMean' }, [1 / 6, 1 / 6, 1 / 6, 1 / 2]],
    ['reinforce', {}, [1 / 2, 1 / 2, 1 / 2, 0]],
    ['reinforce', { baseline: 0.25 }, [3 / 8, 3 / 8, 3 / 8, -1 / 8]],
    // A = R − the other's: 1, −1.
    ['rloo', {}, [1 / 2, 1 / 2, 1 / 2, -1 / 2]],
    // std with G − 1 is √½, so that A = ±½/√½.
    ['grpo', { stdEpsilon: 0 }, [Math.SQRT1_2 / 6, Math.SQRT1_2 / 6, Math.SQRT1_2 / 6, -Math.SQRT1_2 / 2]],
    // The population's std is ½; with ε = ½ A = ±½.
    ['grpo', { stdEpsilon: 0.5, ddof: 0 }, [1 / 12, 1 / 12, 1 / 12, -1 / 4]],
    ['grpo', { normalizeByStd: false }, [1 / 12, 1 / 12, 1 / 12, -1 / 4]],
    ['drGrpo', { maxLength: 4 }, [1 / 16, 1 / 16, 1 / 16, -1 / 16]],
    ['dapo', { stdEpsilon: 0, ddof: 0 }, [1 / 4, 1 / 4, 1 / 4, -1 / 4]],
    ['gspo', { stdEpsilon: 0, ddof: 0 }, [1 / 6, 1 / 6, 1 / 6, -1 / 2]],
    ['luspo', { stdEpsilon: 0, ddof: 0 }, [1 / 2, 1 / 2, 1 / 2, -1 / 2]],
    ['cispo', { stdEpsilon: 0, ddof: 0 }, [1 / 4, 1 / 4, 1 / 4, -1 / 4]],
    ['ppo', {}, [1 / 4, 1 / 4, 1 / 4, 0]],
    ['ppo', { baseline: 0.5 }, [1 / 8, 1 / 8, 1 / 8, -1 / 8]],
    // Micro-batches of one trajectory: their token means, averaged. A = ±½.
    ['drGrpo', { aggregation: 'microBatchMean' }, [1 / 12, 1 / 12, 1 / 12, -1 / 4]],
    ['drGrpo', { aggregation: 'microBatchMean', microBatchSize: 2 }, [1 / 8, 1 / 8, 1 / 8, -1 / 8]],
    // A = R − the other's = ±1; the std of the other alone is not defined and divides nothing.
    ['grpo', { groupBaseline: 'others', stdScope: 'others' }, [1 / 6, 1 / 6, 1 / 6, -1 / 2]],
    ['dppo', {}, [1 / 8, 1 / 8, 1 / 8, -1 / 8]],
    // A = (R − ½)/½ = ±1.
    ['dppo', { divideByMean: true, advantageScale: 0.5 }, [1 / 8, 1 / 8, 1 / 8, -1 / 8]],
    ['maxrl', {}, [1 / 4, 1 / 4, 1 / 4, -1 / 4]],
    ['tis', { stdEpsilon: 0, ddof: 0 }, [1 / 4, 1 / 4, 1 / 4, -1 / 4]],
    ['icepop', { stdEpsilon: 0, ddof: 0 }, [1 / 4, 1 / 4, 1 / 4, -1 / 4]],
    ['opsm', { stdEpsilon: 0, ddof: 0 }, [1 / 4, 1 / 4, 1 / 4, -1 / 4]],
    // At r = 1 the slope of the gate is that of the ratio.
    ['sapo', { stdEpsilon: 0, ddof: 0 }, [1 / 6, 1 / 6, 1 / 6, -1 / 2]],
    // Over four tokens the mean of R is ¾ and the variance 3/16: A = ¼/√(3/16) and −¾/√(3/16).
    [
      'reinforcePlusPlus',
      { whitenDdof: 0, whitenEpsilon: 0 },
      [1, 1, 1, -3].map((x) => x / 4 / Math.sqrt(3)),
    ],
    // Over two trajectories the mean is ½ and the variance ¼.
    [
      'reinforcePlusPlus',
      { whitenDdof: 0, whitenEpsilon: 0, whitenOver: 'trajectory' },
      [1 / 4, 1 / 4, 1 / 4, -1 / 4],
    ],
    // The variance ¼ with ε = ¾ is 1; the std ½ with ε = ½ is 1, too.
    [
      'reinforcePlusPlusBaseline',
      { whitenDdof: 0, whitenEpsilon: 0.75, whitenOver: 'trajectory' },
      [1 / 8, 1 / 8, 1 / 8, -1 / 8],
    ],
    [
      'reinforcePlusPlusBaseline',
      { whitenDdof: 0, whitenEpsilon: 0.5, whitenEpsilonIn: 'std', whitenOver: 'trajectory' },
      [1 / 8, 1 / 8, 1 / 8, -1 / 8],
    ],
    // The baseline is (3·1 + 1·0)/4 = ¾.
    ['opo', {}, [1 / 8, 1 / 8, 1 / 8, -3 / 8]],
    ['gdpo', { ddof: 0, stdEpsilon: 0, whitenDdof: 0, whitenEpsilon: 0 }, [1 / 4, 1 / 4, 1 / 4, -1 / 4]],
  ])('%s %o', (name, raw, expected) => {
    expectClose(weightsOf(name, pair(), raw), expected);
  });
});

describe('off policy', () => {
  it('GRPO clips a high ratio of a good token and keeps a low one', () => {
    // A = 1, r = 2, ½, 1: the first is above 1.2; the second passes with its ratio. Second trajectory A = −1, r = 2: kept.
    expectClose(weightsOf('grpo', pair(offPolicy), { stdEpsilon: 0, ddof: 0 }), [0, 1 / 12, 1 / 6, -1]);
  });

  it('PPO clips a low ratio of a bad token, the dual clip a very high one', () => {
    const bad = pair({ ...offPolicy, reward: Float64Array.of(-1, -1) });
    expectClose(weightsOf('ppo', bad), [-1 / 2, 0, -1 / 4, -1 / 2]);
    expectClose(weightsOf('ppo', bad, { dualClip: 1.5 }), [0, 0, -1 / 4, 0]);
  });

  it('GSPO uses the geometric mean of the ratios', () => {
    // Trajectory 1: 2·½·1 = 1, on the edge of no clip. Trajectory 2: s = 2, A = −1.
    expectClose(weightsOf('gspo', pair(offPolicy), { stdEpsilon: 0, ddof: 0 }), [1 / 6, 1 / 6, 1 / 6, -1]);
    const up = pair({ oldLogProb: Float64Array.of(-1 - 3 * LN2, -2, -0.5, -1) });
    expectClose(weightsOf('gspo', up, { stdEpsilon: 0, ddof: 0, clipHigh: 1.5 }), [
      1 / 3,
      1 / 3,
      1 / 3,
      -1 / 2,
    ]);
    expectClose(weightsOf('gspo', up, { stdEpsilon: 0, ddof: 0 }), [0, 0, 0, -1 / 2]);
    expectClose(weightsOf('luspo', up, { stdEpsilon: 0, ddof: 0, clipHigh: 1.5 }), [1, 1, 1, -1 / 2]);
  });

  it('DAPO clips later upwards than GRPO', () => {
    const up = pair({ oldLogProb: Float64Array.of(-1 - Math.log(1.25), -2, -0.5, -1) });
    const raw = { stdEpsilon: 0, ddof: 0 };
    expectClose(weightsOf('dapo', up, raw), [1.25 / 4, 1 / 4, 1 / 4, -1 / 4]);
    expectClose(weightsOf('grpo', up, raw), [0, 1 / 6, 1 / 6, -1 / 2]);
  });

  it('CISPO caps the ratio at 1 + clipHigh and drops no token', () => {
    const raw = { stdEpsilon: 0, ddof: 0, clipHigh: 0.5 };
    expectClose(weightsOf('cispo', pair(offPolicy), raw), [1.5 / 4, 0.5 / 4, 1 / 4, -1.5 / 4]);
  });

  it('REINFORCE and RLOO have no ratio', () => {
    expectClose(weightsOf('reinforce', pair(offPolicy)), [1 / 2, 1 / 2, 1 / 2, 0]);
    expectClose(weightsOf('rloo', pair(offPolicy)), [1 / 2, 1 / 2, 1 / 2, -1 / 2]);
  });
});

describe('PPO with a critic', () => {
  const batch = pair({ value: Float64Array.of(0.25, 0.5, 0.75, 0.5) });

  it('has A_t = R − V(h_t) at λ = 1', () => {
    expectClose(weightsOf('ppo', batch, { critic: 'value' }), [3 / 16, 1 / 8, 1 / 16, -1 / 8]);
  });

  it('has one-step differences at λ = 0 and their λ-sum between', () => {
    expectClose(weightsOf('ppo', batch, { critic: 'value', gaeLambda: 0 }), [1 / 16, 1 / 16, 1 / 16, -1 / 8]);
    // ¼ + ½·(¼ + ½·¼) = 7/16.
    expectClose(weightsOf('ppo', batch, { critic: 'value', gaeLambda: 0.5 }), [
      7 / 64,
      3 / 32,
      1 / 16,
      -1 / 8,
    ]);
  });

  it('passes over masked-out tokens', () => {
    const masked = { ...batch, mask: Uint8Array.of(1, 0, 1, 1) };
    // ¾ − ¼ and 1 − ¾; three tokens take part.
    expectClose(weightsOf('ppo', masked, { critic: 'value', gaeLambda: 0 }), [1 / 6, 0, 1 / 12, -1 / 6]);
  });

  it('needs values', () => {
    expect(() => weightsOf('ppo', pair(), { critic: 'value' })).toThrow(
      'ppo: critic=value needs batch.value, one V(h_t) per token, and the batch has none',
    );
  });
});

describe('SFT', () => {
  /** Attempt 1 of two tokens, RESAMPLE, attempt 2 of one token; and one token. */
  const batch = pair({
    offsets: Int32Array.of(0, 4, 5),
    logProb: new Float64Array(5).fill(-1),
    oldLogProb: new Float64Array(5).fill(-1),
    refLogProb: new Float64Array(5).fill(-1),
    mask: new Uint8Array(5).fill(1),
    component: Uint8Array.of(SAMPLE, SAMPLE, DECISION, SAMPLE, SAMPLE),
    attempt: Int32Array.of(0, 0, 0, 1, 0),
  });

  it('gives every segment the same weight', () => {
    // Segments: {0, 1}, {2}, {3} and {4}.
    expectClose(weightsOf('sft', batch, { segmentWeight: 'segment' }), [1 / 8, 1 / 8, 1 / 4, 1 / 4, 1 / 4]);
    expectClose(weightsOf('sft', batch, { segmentWeight: 'segment', aggregation: 'sequenceMean' }), [
      1 / 12,
      1 / 12,
      1 / 6,
      1 / 6,
      1 / 2,
    ]);
    expectClose(weightsOf('sft', batch, { segmentWeight: 'segment', aggregation: 'sequenceSum' }), [
      1 / 4,
      1 / 4,
      1 / 2,
      1 / 2,
      1 / 2,
    ]);
  });

  it('masks the sample tokens of attempts that were given up, and keeps their decisions', () => {
    expectClose(weightsOf('sft', batch, { wrongAttempts: 'masked' }), [0, 0, 1 / 3, 1 / 3, 1 / 3]);
    expectClose(weightsOf('sft', batch, { wrongAttempts: 'masked', segmentWeight: 'segment' }), [
      0,
      0,
      1 / 3,
      1 / 3,
      1 / 3,
    ]);
  });

  it('counts the masked-in tokens of a segment', () => {
    const partly = { ...batch, mask: Uint8Array.of(0, 1, 1, 1, 1) };
    expectClose(weightsOf('sft', partly, { segmentWeight: 'segment' }), [0, 1 / 4, 1 / 4, 1 / 4, 1 / 4]);
  });
});

describe('KL', () => {
  /** δ = log 2, −log 2, 0, 0. */
  const batch = pair({ refLogProb: Float64Array.of(-1 - LN2, -2 + LN2, -0.5, -1) });
  const zero = { reward: Float64Array.of(0, 0) };

  it.each([
    ['k1', [-1 / 4, -1 / 4, -1 / 4, -1 / 4]],
    ['k2', [-LN2 / 4, LN2 / 4, 0, 0]],
    ['k3', [-1 / 8, 1 / 4, 0, 0]],
  ])('as a loss: %s weighs −β·c·k′', (klEstimator, expected) => {
    expectClose(
      weightsOf('reinforce', { ...batch, ...zero }, { beta: 0.5, klEstimator, klPlacement: 'loss' }),
      expected,
    );
  });

  it.each([
    ['k1', 0],
    ['k2', LN2 ** 2],
    // ½ − 1 + log 2 + 2 − 1 − log 2.
    ['k3', 1 / 2],
  ])('in the reward: %s of the trajectory is on all of its tokens', (klEstimator, kl) => {
    const w = weightsOf('reinforce', batch, { beta: 0.5, klEstimator, klPlacement: 'reward' });
    const shaped = (1 - kl / 2) / 2;
    expectClose(w, [shaped, shaped, shaped, 0]);
  });

  it('has the coefficients of the objective', () => {
    expectClose(weightsOf('grpo', { ...batch, ...zero }, { beta: 0.5, klEstimator: 'k1' }), [
      -1 / 12,
      -1 / 12,
      -1 / 12,
      -1 / 4,
    ]);
  });

  it('is left out of masked-out tokens, in the loss and in the reward', () => {
    const masked = { ...batch, mask: Uint8Array.of(0, 1, 1, 1) };
    expectClose(weightsOf('reinforce', { ...masked, ...zero }, { beta: 0.5, klPlacement: 'loss' }), [
      0,
      -1 / 4,
      -1 / 4,
      -1 / 4,
    ]);
    const shaped = (1 + LN2 / 2) / 2;
    expectClose(weightsOf('reinforce', masked, { beta: 0.5, klEstimator: 'k1', klPlacement: 'reward' }), [
      0,
      shaped,
      shaped,
      0,
    ]);
  });
});

describe('groups', () => {
  /** Four trajectories of one token; two prompts, interleaved. */
  const four: TokenBatch = {
    offsets: Int32Array.of(0, 1, 2, 3, 4),
    logProb: new Float64Array(4).fill(-1),
    oldLogProb: new Float64Array(4).fill(-1),
    refLogProb: new Float64Array(4).fill(-1),
    mask: new Uint8Array(4).fill(1),
    component: new Uint8Array(4),
    attempt: new Int32Array(4),
    reward: Float64Array.of(1, 8, 0, 4),
    group: Int32Array.of(5, -3, 5, -3),
  };

  it('need not be contiguous', () => {
    expectClose(weightsOf('rloo', four), [1 / 4, 1, -1 / 4, -1]);
    expectClose(weightsOf('drGrpo', four), [1 / 8, 1 / 2, -1 / 8, -1 / 2]);
  });

  it('of one: RLOO has no baseline, the group mean leaves 0', () => {
    const single = { ...four, group: Int32Array.of(5, -3, 5, 5) };
    expect(() => weightsOf('rloo', single)).toThrow(
      'rloo: the leave-one-out baseline needs at least 2 trajectories per group, found 1 in group -3',
    );
    for (const name of ['grpo', 'drGrpo', 'dapo', 'gspo', 'cispo', 'luspo'])
      expect(weightsOf(name, single)[1]).toBe(0);
    expect(weightsOf('grpo', single, { stdEpsilon: 0, ddof: 0 })[1]).toBe(0);
  });

  it('of equal rewards: 0 to the bit, however small ε', () => {
    const equal = { ...four, reward: new Float64Array(4).fill(0.1), group: new Int32Array(4) };
    for (const ddof of [0, 1])
      expect(weightsOf('grpo', equal, { stdEpsilon: 0, ddof })).toEqual([0, 0, 0, 0]);
    expect(weightsOf('rloo', equal)).toEqual([0, 0, 0, 0]);
  });
});
