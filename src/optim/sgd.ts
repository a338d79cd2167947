// Gradient descent, with or without momentum, as a chain of transformations.
import type { Schedule } from './schedule.ts';
import { chain, type GradientTransformation } from './transformation.ts';
import { accumulateMomentum, scaleByLearningRate } from './transformations.ts';

/** Options of SGD. */
export interface SgdOptions {
  readonly learningRate: Schedule;
  /** μ; 0 if left out. */
  readonly momentum?: number;
}

/**
 * p ← p − η·m, m ← μ·m + g. Without momentum there is no state.
 * @throws InputError unless the momentum lies in [0, 1)
 */
export function sgd({ learningRate, momentum = 0 }: SgdOptions): GradientTransformation {
  const descent = scaleByLearningRate(learningRate);
  return momentum === 0 ? chain(descent) : chain(accumulateMomentum(momentum), descent);
}
