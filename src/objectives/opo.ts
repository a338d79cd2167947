// OPO: the baseline that weights the rewards of the group by length, which has the least variance where every token's score has the same.
import { minusLengthWeightedMean } from './loss/advantages.ts';
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { groupOfOneOption } from './loss/standardised.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';

/**
 * OPO: L = −1/B·Σ_i Σ_t m_t·min(r_t·A_i, clip(r_t)·A_i) with A_i = R_i − Σ_j L_j·R_j/Σ_j L_j over the group.
 * Source: Hao et al., "On-policy RL with optimal reward baseline", 2025 (arXiv 2505.23585).
 */
export const opo = policyGradient({
  name: 'opo',
  sentence: 'R minus the mean of the group in which every trajectory counts with its length.',
  formula: String.raw`-\frac1B\sum_i\sum_t m_t\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad A_i=R_i-\frac{\sum_jL_jR_j}{\sum_jL_j}`,
  source: 'arXiv 2505.23585',
  options: {
    groupOfOne: groupOfOneOption,
    ...clipOptions(0.2, 0.2),
    ...lossOptions('sequenceSum', 'k3', 'loss'),
  },
  advantage: (all, { groupOfOne }) => minusLengthWeightedMean(all, groupOfOne),
  surrogate: clippedTokenRatio,
});
