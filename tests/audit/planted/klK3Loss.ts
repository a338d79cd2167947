// kl-k3-loss: the penalty is declared with the estimator k2, and k3 is what the trainer differentiates.
import { trainedWith } from './trained.ts';

/** In the loss. */
export const klK3Loss = trainedWith(
  'kl-k3-loss',
  'error',
  { options: { beta: 0.04, klEstimator: 'k2', klPlacement: 'loss' } },
  { klEstimator: 'k3' },
);
