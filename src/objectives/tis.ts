// TIS: GRPO with the importance weight of the old policy against the sampler, truncated.
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { correctionOptions, truncatedAdvantage } from './loss/samplerCorrection.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';

/**
 * TIS: L = −1/Σ_j L_j·Σ_i Σ_t m_t·min(ρ_t, C)·min(r_t·A_i, clip(r_t)·A_i) with ρ_t = π_old,t/π_sampler,t held constant.
 * Source: Yao et al., "Your efficient RL framework secretly brings you off-policy RL training", 2025.
 */
export const tis = policyGradient({
  name: 'tis',
  sentence: 'The standardised reward of the group times a truncated importance weight against the sampler.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\,\operatorname{sg}\!\big[\min(\rho_t,C)\big]\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad\rho_t=\frac{\pi_{\text{old},t}}{\pi_{\text{sampler},t}}`,
  source: 'Yao et al. 2025, "Your efficient RL framework secretly brings you off-policy RL training"',
  options: {
    ...groupOptions,
    ...correctionOptions(0, 2, 'at which it is cut'),
    ...clipOptions(0.2, 0.2),
    ...lossOptions('tokenMean', 'k3', 'loss'),
  },
  advantage: groupAdvantage,
  tokenAdvantage: truncatedAdvantage,
  surrogate: clippedTokenRatio,
});
