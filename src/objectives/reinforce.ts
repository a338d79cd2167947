// REINFORCE with a constant baseline: the mean over trajectories of token sums.

import { FINITE, numberOption } from '../base/options.ts';
import { minusConstant } from './loss/advantages.ts';
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { scoreFunction } from './loss/surrogates.ts';

/**
 * REINFORCE: L = −1/B·Σ_i Σ_t m_t·(R_i − b)·log π_t, so that w_t = (R_i − b)/B.
 * Source: Williams, "Simple statistical gradient-following algorithms for connectionist reinforcement learning", 1992.
 */
export const reinforce = policyGradient({
  name: 'reinforce',
  sentence: 'Every token of a trajectory weighs R − b, with a constant baseline b.',
  formula: String.raw`-\frac1B\sum_i\sum_t m_t\,(R_i-b)\,\log\pi_t`,
  source: 'Williams 1992, doi 10.1007/BF00992696',
  options: {
    baseline: numberOption(0, FINITE, 'The constant b that is subtracted from every reward.'),
    ...lossOptions('sequenceSum', 'k1', 'reward'),
  },
  advantage: ({ reward }, { baseline }) => minusConstant(reward, baseline),
  surrogate: scoreFunction,
});
