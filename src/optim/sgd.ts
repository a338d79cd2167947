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
 * Stochastic gradient descent with momentum: m ← μ·m + g, p ← p − η·m. Without momentum there is no state.
 * @throws InputError unless the momentum lies in [0, 1)
 * @example
 * ```ts
 * import { tensor } from 'gradsplit/autodiff';
 * import { applyUpdates, sgd } from 'gradsplit/optim';
 * const parameters = { x: tensor([1, 2]) };
 * const { updates } = sgd({ learningRate: () => 0.5 }).update({ x: tensor([1, 1]) }, {}, parameters, 0);
 * applyUpdates(parameters, updates).x!.readSync(); // → [0.5, 1.5]
 * ```
 */
export function sgd({ learningRate, momentum = 0 }: SgdOptions): GradientTransformation {
  const descent = scaleByLearningRate(learningRate);
  return momentum === 0 ? chain(descent) : chain(accumulateMomentum(momentum), descent);
}
