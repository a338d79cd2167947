// OpenRLHF: what its advantage estimators and its policy loss do, with their defaults.
import type { RawOptions } from '../../base/options.ts';
import type { ObjectiveName } from '../names.ts';
import type { Trainer, TrainerPreset } from './preset.ts';

const MAKER = 'openrlhf/trainer/ppo_utils/experience_maker.py: compute_advantages_and_returns';
const LOSS = 'openrlhf/models/loss.py: PolicyLoss';

/** PolicyLoss: clip 0.2, the mean over the tokens of the optimizer step. */
const clipped = { clipLow: 0.2, clipHigh: 0.2, aggregation: 'tokenMean' };
/** The variance of the population, at least 1e-8. */
const whitening = { whitenOver: 'token', whitenDdof: 0, whitenEpsilon: 0, whitenEpsilonIn: 'variance' };

const KL =
  'Unless algo.kl.use_loss is set, 0.01·k1 is taken off token by token and added up to the end, after what is normalised here.';
const CLAMP = 'The log-ratio is clamped to ±20, and rewards to ±10.';

function preset(estimator: string, options: RawOptions, objective?: ObjectiveName): TrainerPreset {
  return {
    ...(objective === undefined ? {} : { objective }),
    options,
    switch: `algo.advantage.estimator=${estimator}`,
    source: `${MAKER}; ${LOSS}`,
    differs: [KL, CLAMP],
  };
}

const group = { stdEpsilon: 1e-9, ddof: 1 };

/** The objectives of OpenRLHF. */
export const openrlhf: Trainer = {
  title: 'OpenRLHF',
  version: '3c3be623 of 2026-08-13',
  presets: {
    rloo: preset('rloo', { normalizeByStd: false, groupBaseline: 'others', ...clipped }, 'grpo'),
    grpo: preset('group_norm', { ...group, ...clipped }),
    drGrpo: preset('dr_grpo', clipped),
    gspo: {
      ...preset('group_norm', { ...group, ...clipped, aggregation: 'sequenceMean' }),
      switch: 'algo.advantage.estimator=group_norm, actor.policy_loss_type=gspo',
    },
    ppo: {
      ...preset('gae', { critic: 'value', gaeLambda: 1, ...clipped, beta: 0.01 }),
      differs: [
        'Advantages are whitened over the batch.',
        'The KL is paid token by token, and GAE spreads it.',
        CLAMP,
      ],
    },
    tis: {
      ...preset('group_norm', { ...group, ...clipped, samplerLow: 0.5, samplerHigh: 5 }),
      switch: 'algo.advantage.is_correction_enable, is_correction_type=tis',
    },
    icepop: {
      ...preset('group_norm', { ...group, ...clipped, samplerLow: 0.5, samplerHigh: 5 }),
      switch: 'algo.advantage.is_correction_enable, is_correction_type=icepop',
    },
    reinforcePlusPlus: {
      ...preset('reinforce', { ...whitening, ...clipped, beta: 0.01 }),
      differs: [
        'The KL is paid token by token and added up to the end; here all of it counts on every token.',
        CLAMP,
      ],
    },
    reinforcePlusPlusBaseline: preset('reinforce_baseline', { ...whitening, ...clipped, beta: 0 }),
  },
};
