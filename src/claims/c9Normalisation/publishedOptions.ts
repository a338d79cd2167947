// The options of every objective as they are published, and what particular ones change. Nothing here is taken from src/objectives.
import type { RawOptions } from '../../base/options.ts';
import type { ObjectiveName } from '../../objectives/registry.ts';

/** Defaults of all objectives but sft; `PUBLISHED` has what is particular to one. */
const COMMON = {
  beta: 0,
  klWeight: 'token',
  klPlacement: 'loss',
  klEstimator: 'k3',
  aggregation: 'sequenceMean',
  maxLength: 1,
  update: 'both',
  attemptCost: 0,
  baseline: 0,
  critic: 'none',
  gaeLambda: 1,
  normalizeByStd: true,
  stdEpsilon: 1e-4,
  ddof: 1,
  clipLow: 0.2,
  clipHigh: 0.2,
  dualClip: 0,
  segmentWeight: 'token',
  wrongAttempts: 'inLoss',
  microBatchSize: 1,
  groupBaseline: 'mean',
  stdScope: 'group' as 'group' | 'batch' | 'others',
  groupOfOne: 'zero',
  sequenceRatio: 'mean',
  divideByMean: false,
  advantageScale: 1,
  differenceLow: 0.2,
  differenceHigh: 0.2,
  samplerLow: 0,
  samplerHigh: 2,
  samplerLevel: 'token',
  offPolicyThreshold: 0.5,
  gatePositive: 1,
  gateNegative: 1.05,
  rewardWeights: [1] as readonly number[],
  whitenOver: 'token',
  whitenDdof: 1,
  whitenEpsilon: 1e-8,
  whitenEpsilonIn: 'variance',
};

/** The options of an objective as it is published, and those that only others have. */
export type PublishedOptions = typeof COMMON;

const PUBLISHED: Readonly<Record<ObjectiveName, Partial<PublishedOptions>>> = {
  sft: { aggregation: 'tokenMean' },
  reinforce: { aggregation: 'sequenceSum', klEstimator: 'k1', klPlacement: 'reward' },
  rloo: { aggregation: 'sequenceSum', klEstimator: 'k1', klPlacement: 'reward' },
  grpo: {},
  drGrpo: { aggregation: 'constant', normalizeByStd: false },
  dapo: { aggregation: 'tokenMean', clipHigh: 0.28 },
  gspo: { clipLow: 3e-4, clipHigh: 4e-4 },
  ppo: { aggregation: 'tokenMean', klEstimator: 'k1', klPlacement: 'reward' },
  cispo: { aggregation: 'tokenMean', clipLow: 1, clipHigh: 4 },
  luspo: { aggregation: 'sequenceSum', clipLow: 2e-3, clipHigh: 2.5e-3 },
  dppo: { aggregation: 'tokenMean', normalizeByStd: false, klEstimator: 'k2', beta: 2e-3 },
  tis: { aggregation: 'tokenMean' },
  icepop: { aggregation: 'tokenMean', samplerLow: 0.5, samplerHigh: 5 },
  opsm: { aggregation: 'tokenMean' },
  sapo: {},
  maxrl: { aggregation: 'tokenMean' },
  gdpo: { aggregation: 'tokenMean', whitenOver: 'trajectory', whitenEpsilonIn: 'std' },
  reinforcePlusPlus: { aggregation: 'tokenMean', klEstimator: 'k1', klPlacement: 'reward' },
  reinforcePlusPlusBaseline: { aggregation: 'tokenMean', klEstimator: 'k2' },
  opo: { aggregation: 'sequenceSum' },
};

/** The options of an objective, with what differs from the published defaults. */
export function publishedOptions(name: ObjectiveName, raw: RawOptions): PublishedOptions {
  return { ...COMMON, ...PUBLISHED[name], ...raw };
}
