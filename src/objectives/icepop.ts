// IcePop: GRPO with the importance weight of the old policy against the sampler; tokens whose weight is out of bounds drop out.
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { correctionOptions, maskedAdvantage } from './loss/samplerCorrection.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';

/**
 * IcePop: L = −1/Σ_j L_j·Σ_i Σ_t m_t·M(ρ_t)·min(r_t·A_i, clip(r_t)·A_i) with ρ_t = π_old,t/π_sampler,t held constant and M(ρ) = ρ
 * within [samplerLow, samplerHigh], else 0.
 * Source: Ling team, "Every step evolves: scaling reinforcement learning for trillion-scale thinking model", 2025 (arXiv 2510.18855).
 */
export const icepop = policyGradient({
  name: 'icepop',
  sentence:
    'The standardised reward of the group times an importance weight against the sampler, 0 out of bounds.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\,\operatorname{sg}\!\big[\rho_t\,\mathbb 1(\alpha\le\rho_t\le\gamma)\big]\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad\rho_t=\frac{\pi_{\text{old},t}}{\pi_{\text{sampler},t}}`,
  source: 'arXiv 2510.18855',
  options: {
    ...groupOptions,
    ...correctionOptions(0.5, 5, 'beyond which the token drops out'),
    ...clipOptions(0.2, 0.2),
    ...lossOptions('tokenMean', 'k3', 'loss'),
  },
  advantage: groupAdvantage,
  tokenAdvantage: maskedAdvantage,
  surrogate: clippedTokenRatio,
});
