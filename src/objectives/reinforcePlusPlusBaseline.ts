// REINFORCE++ with a baseline: R minus the mean of the group, whitened over the whole batch.
import { minusGroupMean } from './loss/advantages.ts';
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { groupOfOneOption } from './loss/standardised.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';
import { whitened, whiteningOptions } from './loss/whitening.ts';

/**
 * REINFORCE++ with a baseline: L = −1/Σ_j L_j·Σ_i Σ_t m_t·min(r_t·A_i, clip(r_t)·A_i) with A_i = R_i − mean of the group, whitened over
 * the tokens of the batch.
 * Source: Hu et al., "REINFORCE++: stabilizing critic-free policy optimization with global advantage normalization", 2025
 * (arXiv 2501.03262).
 */
export const reinforcePlusPlusBaseline = policyGradient({
  name: 'reinforcePlusPlusBaseline',
  sentence: 'R minus the mean of the group, whitened over the batch, times a clipped ratio.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad A=\operatorname{whiten}(R-\operatorname{mean}R)`,
  source: 'arXiv 2501.03262',
  options: {
    groupOfOne: groupOfOneOption,
    ...whiteningOptions('token', 'variance'),
    ...clipOptions(0.2, 0.2),
    ...lossOptions('tokenMean', 'k2', 'loss'),
  },
  advantage: (all, options) => whitened(minusGroupMean(all, options.groupOfOne), all.length, options),
  surrogate: clippedTokenRatio,
});
