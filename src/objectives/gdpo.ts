// GDPO: every reward function is standardised in the group by itself; their sum is whitened over the batch.
import { InputError } from '../base/errors.ts';
import { listOption } from '../base/options.ts';
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { groupAdvantage, groupOptions } from './loss/standardised.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';
import { whitened, whiteningOptions } from './loss/whitening.ts';

/**
 * GDPO: L = −1/Σ_j L_j·Σ_i Σ_t m_t·min(r_t·A_i, clip(r_t)·A_i) with A = the whitened Σ_k w_k·(R_ki − mean_k)/(std_k + ε) over reward
 * functions k. What is taken off the reward (attemptCost, a KL in the reward) is one more function, the last. Without
 * `rewards` in the batch the only function is `reward`.
 * Source: Liu et al., "GDPO: group reward-decoupled normalization policy optimization for multi-reward RL optimization", 2026
 * (arXiv 2601.05242).
 */
export const gdpo = policyGradient({
  name: 'gdpo',
  sentence: 'Every reward standardised in its group, added up, and the sum whitened over the batch.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\min\!\big(r_tA_i,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_i\big),\quad A=\operatorname{whiten}\Big(\sum_kw_k\frac{R_{k}-\operatorname{mean}R_k}{\operatorname{std}R_k+\varepsilon}\Big)`,
  source: 'arXiv 2601.05242',
  options: {
    ...groupOptions,
    rewardWeights: listOption(
      [1],
      'The weights w_k of the reward functions, in their order; the last one is that of all further ones.',
    ),
    ...whiteningOptions('trajectory', 'std'),
    ...clipOptions(0.2, 0.2),
    ...lossOptions('tokenMean', 'k3', 'loss'),
  },
  advantage({ reward, rewards = [reward], group, length }, options) {
    const { rewardWeights } = options;
    if (rewardWeights.length > rewards.length) {
      throw new InputError(
        `gdpo: option rewardWeights: expected at most ${rewards.length} weights, one for each reward function, found ${rewardWeights.length}`,
      );
    }
    const sum = new Float64Array(group.length);
    for (const [k, one] of rewards.entries()) {
      const weight = rewardWeights[Math.min(k, rewardWeights.length - 1)]!;
      for (const [i, a] of groupAdvantage({ reward: one, group }, options).entries()) sum[i]! += weight * a;
    }
    return whitened(sum, length, options);
  },
  surrogate: clippedTokenRatio,
});
