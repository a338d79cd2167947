// CISPO: the ratio is capped and held constant, so that no token loses its gradient.

import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';
import { capOption, cappedTokenRatio } from './loss/surrogates.ts';

/**
 * CISPO: L = −1/Σ_j L_j·Σ_i Σ_t m_t·sg[min(r_t, 1 + clipHigh)]·A_i·log π_t. The ratio has no lower bound.
 * Source: MiniMax, "MiniMax-M1: scaling test-time compute efficiently with lightning attention", 2025 (arXiv 2506.13585).
 */
export const cispo = policyGradient({
  name: 'cispo',
  sentence: 'The standardised reward of the group times a capped ratio that carries no gradient.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\,\operatorname{sg}\!\big[\min(r_t,1+\varepsilon_{\text{high}})\big]A_i\log\pi_t`,
  source: 'arXiv 2506.13585; cap 5 as in arXiv 2510.13786',
  options: {
    ...groupOptions,
    ...capOption,
    ...lossOptions('tokenMean', 'k3', 'loss'),
  },
  advantage: groupAdvantage,
  surrogate: cappedTokenRatio,
});
