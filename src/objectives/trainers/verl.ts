// verl: what its estimators and policy losses do, with their defaults.
import type { RawOptions } from '../../base/options.ts';
import type { ObjectiveName } from '../names.ts';
import type { Trainer, TrainerPreset } from './preset.ts';

const ALGOS = 'verl/trainer/ppo/core_algos.py';

/** torch.std with ε 1e-6; a group of one has the mean 0 and the std 1. */
const group = { stdEpsilon: 1e-6, ddof: 1, groupOfOne: 'reward' };
/** The vanilla policy loss: clip 0.2, dual clip 3, the mean over the tokens of the global batch. */
const vanilla = { clipLow: 0.2, clipHigh: 0.2, dualClip: 3, aggregation: 'tokenMean' };
/** masked_whiten. */
const whitening = { whitenOver: 'token', whitenDdof: 1, whitenEpsilon: 1e-8, whitenEpsilonIn: 'variance' };

const CLAMP = 'The log-ratio is clamped to ±20.';

function preset(
  estimator: string,
  loss: string,
  options: RawOptions,
  objective?: ObjectiveName,
  differs: readonly string[] = [],
): TrainerPreset {
  return {
    ...(objective === undefined ? {} : { objective }),
    options,
    source: `${ALGOS}: ${estimator}, ${loss}, agg_loss`,
    differs: [CLAMP, ...differs],
  };
}

const GROUP = 'compute_grpo_outcome_advantage';
const LOSS = 'compute_policy_loss_vanilla';

/** The objectives of verl. */
export const verl: Trainer = {
  title: 'verl',
  version: 'b178a3cd5 of 2026-01-29',
  presets: {
    rloo: preset(
      'compute_rloo_outcome_advantage',
      LOSS,
      { normalizeByStd: false, groupBaseline: 'others', groupOfOne: 'reward', ...vanilla },
      'grpo',
    ),
    grpo: preset(GROUP, LOSS, { ...group, ...vanilla }),
    drGrpo: {
      ...preset(GROUP, LOSS, { groupOfOne: 'reward', ...vanilla, aggregation: 'constant' }, undefined, [
        'The sum over sequences is not divided by their number.',
        'The divisor is loss_scale_factor, and where it is not set the padded width of the batch: give it as maxLength.',
      ]),
      switch: 'norm_adv_by_std_in_grpo=False, loss_agg_mode=seq-mean-token-sum-norm',
    },
    dapo: {
      ...preset(GROUP, LOSS, { ...group, ...vanilla, clipHigh: 0.28, dualClip: 10 }),
      switch: 'clip_ratio_high=0.28, clip_ratio_c=10.0, as its DAPO recipe sets them',
    },
    gspo: {
      ...preset(GROUP, 'compute_policy_loss_gspo', {
        ...group,
        clipLow: 0.2,
        clipHigh: 0.2,
        aggregation: 'sequenceMean',
      }),
      switch: 'policy_loss.loss_mode=gspo',
      differs: ['The log-ratio is cut at 10.'],
    },
    cispo: {
      ...preset(GROUP, 'compute_policy_loss_cispo', {
        ...group,
        clipLow: 0.2,
        clipHigh: 0.2,
        aggregation: 'tokenMean',
      }),
      switch: 'policy_loss.loss_mode=cispo',
    },
    ppo: preset(
      'compute_gae_advantage_return',
      LOSS,
      { critic: 'value', gaeLambda: 1, ...vanilla, beta: 0 },
      undefined,
      ['Advantages are whitened over the batch.'],
    ),
    tis: {
      ...preset(GROUP, LOSS, {
        ...group,
        ...vanilla,
        samplerLow: 0,
        samplerHigh: 2,
        samplerLevel: 'token',
      }),
      switch: 'algorithm.rollout_correction.rollout_is=token, rollout_is_threshold=2.0',
      source: `${ALGOS}: ${LOSS}; verl/trainer/ppo/rollout_corr_helper.py: compute_rollout_correction_weights`,
    },
    sapo: {
      ...preset(GROUP, 'compute_policy_loss_sapo', {
        ...group,
        gatePositive: 1,
        gateNegative: 1.05,
        aggregation: 'sequenceMean',
      }),
      switch: 'policy_loss.loss_mode=sapo',
    },
    gdpo: {
      ...preset('compute_gdpo_outcome_advantage', LOSS, { ...group, ...whitening, ...vanilla }),
      switch: 'adv_estimator=gdpo, verl#5503, later than the version named here',
    },
    reinforcePlusPlus: preset('compute_reinforce_plus_plus_outcome_advantage', LOSS, {
      ...whitening,
      ...vanilla,
      beta: 0,
    }),
    reinforcePlusPlusBaseline: preset('compute_reinforce_plus_plus_baseline_outcome_advantage', LOSS, {
      groupOfOne: 'reward',
      ...whitening,
      ...vanilla,
      beta: 0,
    }),
    opo: preset('compute_opo_outcome_advantage', LOSS, { groupOfOne: 'reward', ...vanilla }),
  },
};
