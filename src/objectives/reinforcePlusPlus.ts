// REINFORCE++: rewards whitened over the whole batch, without groups.
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';
import { whitened, whiteningOptions } from './loss/whitening.ts';

/**
 * REINFORCE++: L = −1/Σ_j L_j·Σ_i Σ_t m_t·min(r_t·A_i, clip(r_t)·A_i) with A_i = R_i whitened over the tokens of the batch.
 * Source: Hu et al., "REINFORCE++: stabilizing critic-free policy optimization with global advantage normalization", 2025
 * (arXiv 2501.03262).
 */
export const reinforcePlusPlus = policyGradient({
  name: 'reinforcePlusPlus',
  sentence: 'R whitened over the batch, times a clipped ratio.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad A=\operatorname{whiten}(R)`,
  source: 'arXiv 2501.03262',
  options: {
    ...whiteningOptions('token', 'variance'),
    ...clipOptions(0.2, 0.2),
    ...lossOptions('tokenMean', 'k1', 'reward'),
  },
  advantage: ({ reward, length }, options) => whitened(reward, length, options),
  surrogate: clippedTokenRatio,
});
