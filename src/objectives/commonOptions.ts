// Options that several objectives share, each said in one sentence, and the types their values have after parsing.

import {
  AT_LEAST_ZERO,
  booleanOption,
  choiceOption,
  FINITE,
  numberOption,
  type OptionTable,
  POSITIVE_INTEGER,
  UNIT_INTERVAL,
  withDefault,
} from '../base/options.ts';
import type { Aggregation } from './aggregation.ts';
import type { KlEstimator } from './kl.ts';
import type { Weighting } from './segments.ts';

/** Which tokens carry gradient. */
export type Update = 'both' | 'sample' | 'decision';

/** Values of `aggregationOptions`. */
export type AggregationOptions = {
  readonly aggregation: Aggregation;
  readonly maxLength: number;
  readonly update: Update;
};

/** Values of `klOptions`. */
export type KlOptions = {
  readonly beta: number;
  readonly klEstimator: KlEstimator;
  readonly klPlacement: 'loss' | 'reward';
  readonly klWeight: Weighting;
};

/** Values of `clipOptions`. */
export type ClipOptions = {
  readonly clipLow: number;
  readonly clipHigh: number;
  readonly dualClip: number;
};

/** Values of `groupOptions`. */
export type GroupOptions = {
  readonly normalizeByStd: boolean;
  readonly stdEpsilon: number;
  readonly ddof: number;
};

const ddofRange = { expected: '0 or 1', holds: (x: number): boolean => x === 0 || x === 1 };
const dualClipRange = {
  expected: '0 (off) or a number above 1',
  holds: (x: number): boolean => x === 0 || x > 1,
};

/** How tokens are added up, and which of them carry gradient. */
export function aggregationOptions(aggregation: Aggregation): OptionTable {
  return {
    aggregation: withDefault(
      choiceOption(
        ['tokenMean', 'sequenceMean', 'sequenceSum', 'constant'],
        'The factor c_i of every token of trajectory i: tokenMean 1/ΣL, sequenceMean 1/(B·L_i), sequenceSum 1/B, constant 1/(B·maxLength).',
      ),
      aggregation,
    ),
    maxLength: numberOption(
      1,
      POSITIVE_INTEGER,
      'The divisor L_max of aggregation `constant`; at 1 that is sequenceSum, give the longest possible trajectory for the published scale.',
    ),
    update: choiceOption(
      ['both', 'sample', 'decision'],
      'Which component carries gradient; the other one still counts in lengths, ratios and advantages.',
    ),
  };
}

/** The penalty on the distance to the reference policy; estimator and place default to those of the objective's paper. */
export function klOptions(estimator: KlEstimator, placement: KlOptions['klPlacement']): OptionTable {
  return {
    beta: numberOption(0, AT_LEAST_ZERO, 'The coefficient β of the KL penalty.'),
    klEstimator: withDefault(
      choiceOption(
        ['k1', 'k2', 'k3'],
        'The estimator of the KL, per token with δ = log π − log π_ref: k1 δ, k2 δ²/2, k3 e^{−δ} − 1 + δ.',
      ),
      estimator,
    ),
    klPlacement: withDefault(
      choiceOption(
        ['loss', 'reward'],
        'loss: β·Σ_t c_i·a_t·k_t is added to the loss; reward: R becomes R − β·Σ_t a_t·k_t, held constant.',
      ),
      placement,
    ),
    klWeight: choiceOption(
      ['token', 'segment'],
      'token: a_t = 1; segment: the sample tokens of an attempt share the weight 1 and its decision has 1, whatever their lengths.',
    ),
  };
}

/** Values of `rewardOptions`. */
export type RewardOptions = { readonly attemptCost: number };

/** What is taken off the reward. */
export const rewardOptions: OptionTable = {
  attemptCost: numberOption(
    0,
    FINITE,
    'R becomes R − attemptCost·(attempts − 1), on top of what the reward itself may hold.',
  ),
};

/** The clip of the ratio. */
export function clipOptions(low: number, high: number): OptionTable {
  return {
    clipLow: numberOption(low, UNIT_INTERVAL, 'Where A < 0, ratios below 1 − clipLow carry no gradient.'),
    clipHigh: numberOption(high, AT_LEAST_ZERO, 'Where A > 0, ratios above 1 + clipHigh carry no gradient.'),
    dualClip: numberOption(
      0,
      dualClipRange,
      'Where A < 0, ratios above dualClip carry no gradient; 0 turns it off.',
    ),
  };
}

/** The advantage within a group. */
export const groupOptions: OptionTable = {
  normalizeByStd: booleanOption(true, 'Whether R − mean is divided by the standard deviation of the group.'),
  stdEpsilon: numberOption(1e-4, AT_LEAST_ZERO, 'What is added to the standard deviation.'),
  ddof: numberOption(
    1,
    ddofRange,
    "The standard deviation divides by G − ddof: 1 is Bessel's correction, 0 the population's.",
  ),
};
