// TRL: what its trainers do, with their defaults.
import type { Trainer, TrainerPreset } from './preset.ts';

const GRPO = 'trl/trainer/grpo_trainer.py';

/** GRPOTrainer: ε 1e-4, Bessel's correction, A = 0 in a group of one, clip 0.2 on both sides, no KL. */
const group = { stdEpsilon: 1e-4, ddof: 1, groupOfOne: 'zero' };
const clip = { clipLow: 0.2, clipHigh: 0.2 };
const advantage = '_generate_and_score_completions';

const grpoTrainer = (options: TrainerPreset['options'], how: string): TrainerPreset => ({
  options: { ...group, ...clip, ...options },
  switch: how,
  source: `${GRPO}: ${advantage}, _compute_loss`,
});

/** The objectives of TRL. */
export const trl: Trainer = {
  title: 'TRL',
  version: 'f2cd57710 of 2026-07-24',
  presets: {
    sft: {
      options: { aggregation: 'tokenMean' },
      source: 'trl/trainer/sft_trainer.py: compute_loss with num_items_in_batch',
    },
    rloo: {
      objective: 'gspo',
      options: {
        normalizeByStd: false,
        groupBaseline: 'others',
        groupOfOne: 'zero',
        sequenceRatio: 'product',
        ...clip,
        aggregation: 'sequenceMean',
        beta: 0.05,
        klEstimator: 'k1',
        klPlacement: 'reward',
      },
      source: 'trl/trainer/rloo_trainer.py: _generate_and_score_completions, _compute_loss',
      differs: ['The KL in the reward is taken at the log-probs of the old policy.'],
    },
    grpo: grpoTrainer({ aggregation: 'sequenceMean' }, "loss_type='grpo'; the default is 'dapo'"),
    drGrpo: {
      options: { ...clip, groupOfOne: 'zero', aggregation: 'constant', maxLength: 512 },
      switch: "loss_type='dr_grpo', scale_rewards='none'",
      source: `${GRPO}: ${advantage}, _compute_loss; max_completion_length of grpo_config.py`,
    },
    dapo: grpoTrainer({ aggregation: 'tokenMean' }, "loss_type='dapo', the default; epsilon_high is 0.2"),
    gspo: grpoTrainer(
      { aggregation: 'sequenceMean' },
      "importance_sampling_level='sequence', loss_type='grpo'",
    ),
    luspo: grpoTrainer(
      { aggregation: 'sequenceSum' },
      "importance_sampling_level='sequence', loss_type='luspo'",
    ),
    cispo: {
      options: { ...group, clipHigh: -0.8, aggregation: 'tokenMean' },
      switch: "loss_type='cispo'; the cap is epsilon_high itself, 0.2 by default, and the paper's is 5",
      source: `${GRPO}: _compute_loss`,
    },
    ppo: {
      options: {
        critic: 'value',
        gaeLambda: 0.95,
        ...clip,
        aggregation: 'microBatchMean',
        beta: 0.05,
        klEstimator: 'k1',
        klPlacement: 'reward',
      },
      source: 'trl/experimental/ppo/ppo_trainer.py: train',
      differs: [
        'Advantages are whitened over the batch.',
        'The KL is paid token by token, and GAE spreads it.',
        'microBatchSize is per_device_train_batch_size.',
      ],
    },
    tis: grpoTrainer(
      { samplerLow: 0, samplerHigh: 3, samplerLevel: 'token', aggregation: 'tokenMean' },
      "use_vllm, vllm_importance_sampling_mode='token_truncate'",
    ),
    icepop: grpoTrainer(
      { samplerLow: 0, samplerHigh: 3, samplerLevel: 'sequence', aggregation: 'tokenMean' },
      "use_vllm; vllm_importance_sampling_mode='sequence_mask' is the default",
    ),
    opsm: grpoTrainer(
      { offPolicyThreshold: 0.5, aggregation: 'tokenMean' },
      'off_policy_mask_threshold=0.5; it is off by default',
    ),
    sapo: {
      options: { ...group, gatePositive: 1, gateNegative: 1.05, aggregation: 'sequenceMean' },
      switch: "loss_type='sapo'",
      source: `${GRPO}: _compute_loss`,
    },
    gdpo: grpoTrainer(
      {
        whitenOver: 'trajectory',
        whitenDdof: 1,
        whitenEpsilon: 1e-4,
        whitenEpsilonIn: 'std',
        aggregation: 'tokenMean',
      },
      "multi_objective_aggregation='normalize_then_sum'",
    ),
  },
};
