// LUSPO: GSPO whose sequences count by their length, which undoes the 1/L_i of the sequence ratio.

import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';
import { clipOptions, clippedSequenceRatio, sequenceOption } from './loss/surrogates.ts';

/**
 * LUSPO: L = −1/B·Σ_i L_i·min(s_i·A_i, clip(s_i)·A_i) with s_i = exp(1/L_i·Σ_t m_t·log r_t), so that w_t = s_i·A_i/B.
 * Source: arXiv 2602.05261.
 */
export const luspo = policyGradient({
  name: 'luspo',
  sentence: 'The standardised reward of the group times one ratio per sequence, whatever its length.',
  formula: String.raw`-\frac1B\sum_iL_i\min\!\big(s_iA_i,\operatorname{clip}(s_i,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad s_i=\exp\Big(\frac1{L_i}\sum_t m_t\log r_t\Big)`,
  source: 'arXiv 2602.05261',
  options: {
    ...groupOptions,
    ...sequenceOption,
    ...clipOptions(2e-3, 2.5e-3),
    ...lossOptions('sequenceSum', 'k3', 'loss'),
  },
  advantage: groupAdvantage,
  surrogate: clippedSequenceRatio,
});
