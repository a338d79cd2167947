// Dr. GRPO: GRPO without the division by std and by length; a constant divides instead.
import { minusGroupMean } from './loss/advantages.ts';
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { groupOfOneOption } from './loss/standardised.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';

/**
 * Dr. GRPO: L = −1/(B·L_max)·Σ_i Σ_t m_t·min(r_t·A_i, clip(r_t)·A_i) with A_i = R_i − mean. A group of one has A = 0.
 * Source: Liu et al., "Understanding R1-Zero-like training: a critical perspective", 2025 (arXiv 2503.20783).
 */
export const drGrpo = policyGradient({
  name: 'drGrpo',
  sentence: 'R minus the mean of the whole group, divided by a constant.',
  formula: String.raw`-\frac1{B\,L_{\max}}\sum_i\sum_t m_t\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad A_i=R_i-\operatorname{mean}R`,
  source: 'arXiv 2503.20783',
  options: {
    groupOfOne: groupOfOneOption,
    ...clipOptions(0.2, 0.2),
    ...lossOptions('constant', 'k3', 'loss'),
  },
  advantage: (all, { groupOfOne }) => minusGroupMean(all, groupOfOne),
  surrogate: clippedTokenRatio,
});
