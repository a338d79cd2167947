// kl-ignored: the trainer computes the KL penalty without gradients; or it estimates advantages from the bare reward.
import { trainedWith } from './trained.ts';

/** In the loss. */
export const klIgnored = trainedWith('kl-ignored', 'error', { options: { beta: 0.04 } }, { beta: 0 });

/** In the reward. */
export const klIgnoredInReward = trainedWith(
  'kl-ignored',
  'error',
  { objective: 'rloo', options: { beta: 0.04, klEstimator: 'k1', klPlacement: 'reward' } },
  { beta: 0 },
);
