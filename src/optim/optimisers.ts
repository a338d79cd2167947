// Whole optimisers, as chains of transformations.
import type { Schedule } from './schedule.ts';
import { chain, type GradientTransformation } from './transformation.ts';
import {
  type AdamOptions,
  accumulateMomentum,
  addDecayedWeights,
  scaleByAdam,
  scaleByLearningRate,
} from './transformations.ts';

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

/** Options of AdamW. */
export interface AdamWOptions extends AdamOptions {
  readonly learningRate: Schedule;
  /** λ; 0.01 if left out. */
  readonly weightDecay?: number;
  /** Which parameters decay, by path; all if left out. GPT-2 is mostly trained with matrices and embeddings only. */
  readonly decays?: (path: string) => boolean;
}

/**
 * p ← p − η·(m̂/(√v̂ + ε) + λ·p): Adam with decay that does not pass through its statistics.
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2, with λ scaled by η as in PyTorch.
 * @throws InputError unless the betas lie in [0, 1), epsilon > 0 and the decay ≥ 0
 */
export function adamw(options: AdamWOptions): GradientTransformation {
  const { learningRate, weightDecay = 0.01, decays } = options;
  return chain(
    scaleByAdam(options),
    addDecayedWeights(weightDecay, decays),
    scaleByLearningRate(learningRate),
  );
}
