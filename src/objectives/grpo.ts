// GRPO: rewards standardised within the group, a clipped ratio per token, the sequence mean of token means.

import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';

/**
 * GRPO: L = −1/B·Σ_i 1/L_i·Σ_t m_t·min(r_t·A_i, clip(r_t)·A_i) with A_i = (R_i − mean)/(std + ε). A group of one has A = 0.
 * The KL penalty, k3 added to the loss unless options say otherwise, is defined in kl.ts.
 * Source: Shao et al., "DeepSeekMath: pushing the limits of mathematical reasoning in open language models", 2024 (arXiv 2402.03300).
 */
export const grpo = policyGradient({
  name: 'grpo',
  sentence: 'The standardised reward of the group, divided by the length of the trajectory.',
  formula: String.raw`-\frac1B\sum_i\frac1{L_i}\sum_t m_t\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad A_i=\frac{R_i-\operatorname{mean}R}{\operatorname{std}R+\varepsilon}`,
  source: 'arXiv 2402.03300',
  options: {
    ...groupOptions,
    ...clipOptions(0.2, 0.2),
    ...lossOptions('sequenceMean', 'k3', 'loss'),
  },
  advantage: groupAdvantage,
  surrogate: clippedTokenRatio,
});
