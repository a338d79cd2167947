// DPPO: a policy gradient of the ratio to the sampler, masked where the probability has moved too far, with a KL to the sampler.
import { booleanOption, withDefault } from '../base/options.ts';
import { overGroupMean } from './loss/advantages.ts';
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { samplerOf } from './loss/samplerCorrection.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';
import { differenceOptions, maskedByDifference } from './loss/trustRegions.ts';

const loss = lossOptions('tokenMean', 'k2', 'loss');

/**
 * DPPO: L = −1/Σ_j L_j·Σ_i Σ_t m_t·(keep_t·τ_A·A_i·r_t − β·½·log² r_t) with r_t = π_t/π_sampler,t and A_i = R_i − mean. keep_t = 0 where
 * the probability has moved by more than its bound to the side to which A pushes. The penalty is on masked tokens, too. With
 * β = 2·kl_tau it is that of prime-rl: w_t = c_i·(keep_t·τ_A·A·r_t − 2·kl_tau·log r_t).
 * Source: arXiv 2602.04879; prime-rl trainer/rl/loss.py, default_loss_fn.
 */
export const dppo = policyGradient({
  name: 'dppo',
  sentence:
    'R minus the mean of the group times the ratio to the sampler, masked by the difference of probabilities.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\Big(\mathbb 1_t\,\tau_A\,A_i\,r_t-\frac\beta2\log^2r_t\Big),\quad r_t=\frac{\pi_t}{\pi_{\text{sampler},t}}`,
  source: 'arXiv 2602.04879; prime-rl trainer/rl/loss.py',
  options: {
    ...groupOptions,
    normalizeByStd: withDefault(groupOptions.normalizeByStd, false),
    divideByMean: booleanOption(
      false,
      'Whether R − mean is divided by the mean of the group instead, as in maxrl.',
    ),
    ...differenceOptions,
    ...loss,
    beta: withDefault(loss.beta, 2e-3),
  },
  advantage: (all, options) => (options.divideByMean ? overGroupMean(all) : groupAdvantage(all, options)),
  surrogate: maskedByDifference,
  view: (batch) => ({ ...batch, oldLogProb: samplerOf(batch), refLogProb: samplerOf(batch) }),
});
