// SAPO: a soft gate of the ratio in the place of the clip.
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { gateOptions, softGate } from './loss/softGate.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';

/**
 * SAPO: L = −1/B·Σ_i 1/L_i·Σ_t m_t·A_i·4/τ·σ(τ(r_t − 1)), τ by the sign of A, so that w_t = c_i·4·σ(1 − σ)·r_t·A.
 * Source: Gao et al., "Soft adaptive policy optimization", 2025 (arXiv 2511.20347).
 */
export const sapo = policyGradient({
  name: 'sapo',
  sentence:
    'The standardised reward of the group times a sigmoid of the ratio, which fades out instead of being clipped.',
  formula: String.raw`-\frac1B\sum_i\frac1{L_i}\sum_t m_t\,A_i\,\frac4\tau\,\sigma\big(\tau(r_t-1)\big),\quad\tau=\tau_{+}\text{ if }A_i>0\text{, else }\tau_{-}`,
  source: 'arXiv 2511.20347',
  options: { ...groupOptions, ...gateOptions, ...lossOptions('sequenceMean', 'k3', 'loss') },
  advantage: groupAdvantage,
  surrogate: softGate,
});
