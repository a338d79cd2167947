// RLOO: REINFORCE whose baseline is the mean reward of the other trajectories of the group.
import { aloneOption, minusLeaveOneOutMean } from './loss/advantages.ts';
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { scoreFunction } from './loss/surrogates.ts';

/**
 * RLOO: L = −1/B·Σ_i Σ_t m_t·(R_i − mean of the others)·log π_t. A group of one is an InputError unless options say otherwise, because it has no others.
 * Source: Ahmadian et al., "Back to basics", 2024 (arXiv 2402.14740).
 */
export const rloo = policyGradient({
  name: 'rloo',
  sentence: 'Every token of a trajectory weighs R minus the mean reward of the others in its group.',
  formula: String.raw`-\frac1B\sum_i\sum_t m_t\Big(R_i-\frac1{G-1}\sum_{j\ne i}R_j\Big)\log\pi_t`,
  source: 'arXiv 2402.14740',
  options: { groupOfOne: aloneOption, ...lossOptions('sequenceSum', 'k1', 'reward') },
  advantage: (all, { groupOfOne }) => minusLeaveOneOutMean(all, groupOfOne, 'rloo'),
  surrogate: scoreFunction,
  traits: ({ groupOfOne }) => ({ leastGroup: groupOfOne === 'refused' ? 2 : 1 }),
});
