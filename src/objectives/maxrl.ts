// MaxRL: R − mean divided by the mean of the group, which makes the gradient that of a truncated maximum likelihood.
import { overGroupMean } from './loss/advantages.ts';
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';

/**
 * MaxRL: L = −1/Σ_j L_j·Σ_i Σ_t m_t·min(r_t·A_i, clip(r_t)·A_i) with A_i = (R_i − mean)/mean, 0 where the mean is not above 0.
 * Source: Tajwar et al., "Maximum likelihood reinforcement learning", 2026 (arXiv 2602.02710).
 */
export const maxrl = policyGradient({
  name: 'maxrl',
  sentence: 'R minus the mean of the group, divided by that mean: prompts that are rarely solved weigh more.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad A_i=\frac{R_i-\operatorname{mean}R}{\operatorname{mean}R}`,
  source: 'arXiv 2602.02710',
  options: { ...clipOptions(0.2, 0.2), ...lossOptions('tokenMean', 'k3', 'loss') },
  advantage: overGroupMean,
  surrogate: clippedTokenRatio,
});
