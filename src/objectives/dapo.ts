// DAPO: GRPO with the mean over all tokens of the batch and a clip that is wider upwards.

import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';

/**
 * DAPO: L = −1/Σ_j L_j·Σ_i Σ_t m_t·min(r_t·A_i, clip(r_t)·A_i) with A_i = (R_i − mean)/(std + ε). A group of one has A = 0.
 * Source: Yu et al., "DAPO: an open-source LLM reinforcement learning system at scale", 2025 (arXiv 2503.14476).
 */
export const dapo = policyGradient({
  name: 'dapo',
  sentence: 'The standardised reward of the group, every token of the batch counting the same.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad A_i=\frac{R_i-\operatorname{mean}R}{\operatorname{std}R+\varepsilon}`,
  source: 'arXiv 2503.14476',
  options: {
    ...groupOptions,
    ...clipOptions(0.2, 0.28),
    ...lossOptions('tokenMean', 'k3', 'loss'),
  },
  advantage: groupAdvantage,
  surrogate: clippedTokenRatio,
});
