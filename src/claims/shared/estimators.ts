// The estimators that C2 and C9 compare: objectives with the options that make them what their label says.
import type { RawOptions } from '../../base/options.ts';
import type { ObjectiveName } from '../../objectives/registry.ts';

/** An estimator as implemented: an objective with its options, put to groups of G trajectories. */
export interface Estimator {
  readonly label: string;
  readonly objective: ObjectiveName;
  readonly options: RawOptions;
  readonly groupSize: number;
  readonly behaviour?: 'policy' | 'reference';
}

/** Trajectories of a group. With three, one success and two successes have the same std, which hides what it does. */
export const GROUP = 4;
const tokenSums = { aggregation: 'sequenceSum' };

/** See its label. */
export const reinforce: Estimator = {
  label: 'REINFORCE',
  objective: 'reinforce',
  options: { baseline: 0.3 },
  groupSize: 1,
};
/** See its label. */
export const rloo: Estimator = {
  label: 'RLOO, token sums',
  objective: 'rloo',
  options: tokenSums,
  groupSize: GROUP,
};
/** See its label. */
export const drGrpo: Estimator = {
  label: 'Dr. GRPO',
  objective: 'drGrpo',
  options: tokenSums,
  groupSize: GROUP,
};
/** See its label. */
export const byStd: Estimator = {
  label: 'GRPO, token sums, ÷ std',
  objective: 'grpo',
  options: { ...tokenSums, normalizeByStd: true },
  groupSize: GROUP,
};
/** See its label. */
export const perLength: Estimator = {
  label: 'GRPO, 1/|o|',
  objective: 'grpo',
  options: { normalizeByStd: false },
  groupSize: GROUP,
};
/** See its label. */
export const gspo: Estimator = {
  label: 'GSPO',
  objective: 'gspo',
  options: { normalizeByStd: false },
  groupSize: GROUP,
};
/** See its label. */
export const ppo: Estimator = {
  label: 'PPO, ratio 1, trajectory advantage',
  objective: 'ppo',
  options: tokenSums,
  groupSize: 1,
};
/** See its label. */
export const critic: Estimator = {
  label: 'PPO, ratio 1, critic',
  objective: 'ppo',
  options: { ...tokenSums, critic: 'value' },
  groupSize: 1,
};
/** See its label. */
export const offPolicy: Estimator = {
  label: 'PPO, off policy, clip active',
  objective: 'ppo',
  options: tokenSums,
  groupSize: 1,
  behaviour: 'reference',
};

/** Estimators of the table and the map, in the order they are shown. */
export const ESTIMATORS: readonly Estimator[] = [
  reinforce,
  rloo,
  drGrpo,
  byStd,
  perLength,
  gspo,
  ppo,
  critic,
  offPolicy,
];

/** RLOO-free plain mean: 1/B of token sums with the group mean as baseline. */
export const sequenceSum: Estimator = {
  label: 'sequence sum, 1/B',
  objective: 'grpo',
  options: { ...tokenSums, normalizeByStd: false },
  groupSize: GROUP,
};
/** See its label. */
export const tokenMean: Estimator = {
  label: 'token mean, 1/Σ|o|',
  objective: 'dapo',
  options: { normalizeByStd: false },
  groupSize: GROUP,
};
/** See its label. */
const constantLength: Estimator = {
  label: 'constant, 1/(B·L_max)',
  objective: 'drGrpo',
  options: { maxLength: 16 },
  groupSize: GROUP,
};

/** The normalisations of C9, in the order of its table. */
export const NORMALISATIONS: readonly Estimator[] = [
  sequenceSum,
  perLength,
  tokenMean,
  constantLength,
  byStd,
];
