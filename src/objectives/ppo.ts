// PPO: a clipped ratio per token; the advantage is the trajectory's or, with a critic, the token's.

import { choiceOption, FINITE, numberOption, UNIT_INTERVAL } from '../base/options.ts';
import { generalisedAdvantage, minusConstant } from './loss/advantages.ts';
import { toTokens } from './loss/aggregation.ts';
import { lossOptions, policyGradient } from './loss/policyGradient.ts';
import { clipOptions, clippedTokenRatio } from './loss/surrogates.ts';

/**
 * PPO: L = −1/Σ_j L_j·Σ_i Σ_t m_t·min(r_t·A_t, clip(r_t)·A_t) with A_t = R_i − b, or GAE from batch.value.
 * Source: Schulman et al., "Proximal policy optimization algorithms", 2017 (arXiv 1707.06347).
 */
export const ppo = policyGradient({
  name: 'ppo',
  sentence: 'A clipped ratio times R − b on every token, or times a critic’s advantage of that token.',
  formula: String.raw`-\frac1{\sum_jL_j}\sum_i\sum_t m_t\min\!\big(r_tA_t,\operatorname{clip}(r_t,1-\varepsilon_{\text{low}},1+\varepsilon_{\text{high}})A_t\big)`,
  source: 'arXiv 1707.06347; dual clip arXiv 1912.09729; GAE arXiv 1506.02438',
  options: {
    critic: choiceOption(
      ['none', 'value'],
      'none: A = R − baseline; value: A_t by GAE from the values V(h_t) of the batch, without the baseline.',
    ),
    baseline: numberOption(0, FINITE, 'The constant b that is subtracted from every reward.'),
    gaeLambda: numberOption(1, UNIT_INTERVAL, 'The λ of GAE; at 1 the advantage is R − V(h_t).'),
    ...clipOptions(0.2, 0.2),
    ...lossOptions('tokenMean', 'k1', 'reward'),
  },
  // With a critic A_i is R_i, from which the advantages of tokens follow with the values.
  advantage: ({ reward }, { critic, baseline }) =>
    critic === 'value' ? reward : minusConstant(reward, baseline),
  tokenAdvantage: (batch, ofTrajectory, { critic, gaeLambda }) =>
    critic === 'value'
      ? generalisedAdvantage(batch, ofTrajectory, gaeLambda, 'ppo')
      : toTokens(batch, ofTrajectory),
  surrogate: clippedTokenRatio,
  traits: ({ critic }) => (critic === 'value' ? { readsLogProbs: true, readsValues: true } : {}),
});
