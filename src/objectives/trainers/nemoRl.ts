// NeMo-RL: what its advantage estimators and its clipped loss do, with their defaults.
import type { RawOptions } from '../../base/options.ts';
import type { Trainer, TrainerPreset } from './preset.ts';

const ADVANTAGE = 'nemo_rl/algorithms/advantage_estimator.py';
const LOSS = 'nemo_rl/algorithms/loss/loss_functions.py: ClippedPGLossFn';

/** The mean and the std of the others in the group, ε 1e-6; where that std is 0, R − baseline stays undivided. */
const group = { groupBaseline: 'others', stdScope: 'others', stdEpsilon: 1e-6, ddof: 1, groupOfOne: 'zero' };
/** k3 times a ratio whose slope is not held. */
const kl = { beta: 0.01, klEstimator: 'k3Corrected', klPlacement: 'loss' };
const clip = { clipLow: 0.2, clipHigh: 0.2 };
const tokens = { aggregation: 'tokenMean' };
/** The variance of the population, at least 1e-8. */
const whitening = { whitenOver: 'token', whitenDdof: 0, whitenEpsilon: 0, whitenEpsilonIn: 'variance' };

const CLAMP = 'δ is clamped to ±20 and k3 to ±10; beyond that the KL has no gradient.';

function preset(estimator: string, options: RawOptions, how?: string): TrainerPreset {
  return {
    options,
    ...(how === undefined ? {} : { switch: how }),
    source: `${ADVANTAGE}: ${estimator}; ${LOSS}`,
    differs: [CLAMP],
  };
}

const GRPO = 'GRPOAdvantageEstimator';

/** The objectives of NeMo-RL. */
export const nemoRl: Trainer = {
  title: 'NeMo-RL',
  version: '7ea279abf of 2026-08-22',
  presets: {
    rloo: preset(
      GRPO,
      { groupOfOne: 'zero', ...tokens, ...kl },
      'loss_fn.disable_ppo_ratio=true, grpo.normalize_rewards=false',
    ),
    grpo: preset(GRPO, { ...group, ...clip, ...tokens, ...kl }),
    dapo: {
      options: { stdEpsilon: 1e-6, ddof: 1, clipLow: 0.2, clipHigh: 0.28, dualClip: 10, ...tokens, beta: 0 },
      source: `${ADVANTAGE}: ${GRPO}; ${LOSS}; examples/configs/recipes/llm/dapo-*.yaml`,
    },
    gspo: preset(
      GRPO,
      { ...group, ...clip, aggregation: 'sequenceMean', ...kl },
      'loss_fn.sequence_level_importance_ratios=true, token_level_loss=false',
    ),
    cispo: preset(GRPO, { ...group, ...clip, ...tokens, ...kl }, 'loss_fn.use_cispo=true'),
    ppo: {
      options: {
        critic: 'value',
        gaeLambda: 0.95,
        clipLow: 0.2,
        clipHigh: 0.28,
        dualClip: 10,
        ...tokens,
        beta: 0,
      },
      source: `${ADVANTAGE}: GeneralizedAdvantageEstimator; ${LOSS}; examples/configs/ppo_math_1B.yaml`,
      differs: ['Advantages are whitened over the batch.'],
    },
    icepop: preset(
      GRPO,
      { ...group, ...clip, samplerLow: 0.5, samplerHigh: 5, ...tokens, ...kl },
      'loss_fn.truncated_importance_sampling_type=icepop, with the bounds that its comments name',
    ),
    gdpo: preset(
      'GDPOAdvantageEstimator',
      {
        ...group,
        whitenOver: 'trajectory',
        whitenDdof: 1,
        whitenEpsilon: 0,
        whitenEpsilonIn: 'std',
        ...clip,
        ...tokens,
        ...kl,
      },
      'grpo.adv_estimator.name=gdpo',
    ),
    reinforcePlusPlus: preset(
      'ReinforcePlusPlusAdvantageEstimator',
      { ...whitening, ...clip, ...tokens, ...kl },
      'grpo.adv_estimator.name=reinforce_plus_plus, minus_baseline=false',
    ),
    reinforcePlusPlusBaseline: preset(
      'ReinforcePlusPlusAdvantageEstimator',
      { groupOfOne: 'zero', ...whitening, ...clip, ...tokens, ...kl },
      'grpo.adv_estimator.name=reinforce_plus_plus; minus_baseline is true by default',
    ),
  },
};
