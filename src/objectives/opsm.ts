// OPSM: GRPO without the bad sequences that are too far from the policy that drew them.
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';
import { clipOptions } from './loss/surrogates.ts';
import { maskedSequences, sequenceMaskOptions } from './loss/trustRegions.ts';

/**
 * OPSM: L = −1/Σ_j L_j·Σ_i M_i·Σ_t m_t·min(r_t·A_i, clip(r_t)·A_i) with M_i = 0 where A_i < 0 and the mean of log π_sampler − log π over
 * the tokens of i is above a threshold.
 * Source: DeepSeek-AI, "DeepSeek-V3.2: pushing the frontier of open large language models", 2025 (arXiv 2512.02556).
 */
export const opsm = policyGradient({
  name: 'opsm',
  sentence: 'The standardised reward of the group, without bad sequences that are far from the sampler.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_iM_i\sum_t m_t\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad M_i=0\text{ if }A_i<0\text{ and }\frac1{L_i}\sum_tm_t\log\frac{\pi_{\text{sampler},t}}{\pi_t}>\delta`,
  source: 'arXiv 2512.02556',
  options: {
    ...groupOptions,
    ...sequenceMaskOptions,
    ...clipOptions(0.2, 0.2),
    ...lossOptions('tokenMean', 'k3', 'loss'),
  },
  advantage: groupAdvantage,
  surrogate: maskedSequences,
});
