// kl-token-k2: the penalty is declared with the estimator k3, and k2 is what the trainer differentiates.
import { trainedWith } from './trained.ts';

/** In the loss. */
export const klTokenK2 = trainedWith(
  'kl-token-k2',
  'info',
  { options: { beta: 0.04, klEstimator: 'k3', klPlacement: 'loss' } },
  { klEstimator: 'k2' },
);
