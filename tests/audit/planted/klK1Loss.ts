// kl-k1-loss: the penalty is declared with the estimator k3, and k1 is what the trainer differentiates.
import { trainedWith } from './trained.ts';

/** In the loss. */
export const klK1Loss = trainedWith(
  'kl-k1-loss',
  'error',
  { options: { beta: 0.04, klEstimator: 'k3', klPlacement: 'loss' } },
  { klEstimator: 'k1' },
);
