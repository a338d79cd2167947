// GSPO: one ratio per sequence, the geometric mean of its token ratios.

import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';
import { clipOptions, clippedSequenceRatio, sequenceOption } from './loss/surrogates.ts';

/**
 * GSPO: L = −1/B·Σ_i min(s_i·A_i, clip(s_i)·A_i) with s_i = exp(1/L_i·Σ_t m_t·log r_t), so that w_t = s_i·A_i/(B·L_i).
 * Source: Zheng et al., "Group sequence policy optimization", 2025 (arXiv 2507.18071).
 */
export const gspo = policyGradient({
  name: 'gspo',
  sentence: 'The standardised reward of the group times one ratio per sequence, divided by its length.',
  formula: String.raw`-\frac1B\sum_i\min\!\big(s_iA_i,\operatorname{clip}(s_i,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad s_i=\exp\Big(\frac1{L_i}\sum_t m_t\log r_t\Big)`,
  source: 'arXiv 2507.18071',
  options: {
    ...groupOptions,
    ...sequenceOption,
    ...clipOptions(3e-4, 4e-4),
    ...lossOptions('sequenceMean', 'k3', 'loss'),
  },
  advantage: groupAdvantage,
  surrogate: clippedSequenceRatio,
});
