// AdamW, one pass over each parameter.
import { type Parameters, Tensor } from '../autodiff/index.ts';
import { isRecorded } from '../autodiff/node.ts';
import type { AdamWStep } from '../kernels/interface.ts';
import type { Schedule } from './schedule.ts';
import { chain, type GradientTransformation } from './transformation.ts';
import { type AdamOptions, addDecayedWeights, scaleByAdam, scaleByLearningRate } from './transformations.ts';

/** Options of AdamW. */
export interface AdamWOptions extends AdamOptions {
  readonly learningRate: Schedule;
  /** λ; 0.01 if left out. */
  readonly weightDecay?: number;
  /** Which parameters decay, by path; all if left out. GPT-2 is mostly trained with matrices and embeddings only. */
  readonly decays?: (path: string) => boolean;
}

/**
 * p ← p − η·(m̂/(√v̂ + ε) + λ·p): Adam with decay that does not pass through its statistics. The bits are those of
 * chain(scaleByAdam, addDecayedWeights, scaleByLearningRate), as are the names of its state; the kernel does them at once, and
 * the chain takes over where a running transform differentiates the step.
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2, with λ scaled by η as in PyTorch.
 * @throws InputError unless the betas lie in [0, 1), epsilon > 0 and the decay ≥ 0
 */
export function adamw(options: AdamWOptions): GradientTransformation {
  const { learningRate, weightDecay = 0.01, decays = () => true } = options;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const composition = chain(
    scaleByAdam(options),
    addDecayedWeights(weightDecay, decays),
    scaleByLearningRate(learningRate),
  );
  return {
    initial: composition.initial,
    update: (gradients, state, parameters, step) => {
      const involved = [gradients, state, parameters].flatMap((record) => Object.values(record));
      if (involved.some(isRecorded)) return composition.update(gradients, state, parameters, step);
      const numbers = { beta1, beta2, epsilon, rate: learningRate(step), t: step + 1 };
      const updates: Record<string, Tensor> = {};
      const means: Record<string, Tensor> = {};
      const squares: Record<string, Tensor> = {};
      for (const path of Object.keys(gradients)) {
        const decay = decays(path) ? weightDecay : 0;
        const own = stateOf(path, gradients, state, parameters);
        const result = stepOf(own, { ...numbers, decay });
        updates[path] = result.update;
        means[meanKey(path)] = result.mean;
        squares[squareKey(path)] = result.square;
      }
      return { updates, state: { ...means, ...squares } };
    },
  };
}

/** Names of the statistics in the state: those of the first in the chain. */
function meanKey(path: string): string {
  return `0.${path}.mean`;
}

function squareKey(path: string): string {
  return `0.${path}.square`;
}

/** What belongs to one parameter. */
type Own<T> = Record<'gradient' | 'mean' | 'square' | 'parameter', T>;

function stateOf(
  path: string,
  gradients: Parameters,
  state: Parameters,
  parameters: Parameters,
): Own<Tensor> {
  return {
    gradient: gradients[path]!,
    mean: state[meanKey(path)]!,
    square: state[squareKey(path)]!,
    parameter: parameters[path]!,
  };
}

function stepOf(own: Own<Tensor>, step: AdamWStep): Record<'update' | 'mean' | 'square', Tensor> {
  const { dtype, shape, storage } = own.gradient;
  const fresh = (): Tensor => Tensor.allocate(storage.kernels, dtype, shape, 'adamw');
  const [update, mean, square] = [fresh(), fresh(), fresh()];
  const { gradient, parameter } = own;
  storage.kernels.adamw(
    {
      gradient: gradient.buffer,
      mean: own.mean.buffer,
      square: own.square.buffer,
      parameter: parameter.buffer,
    },
    { update: update.buffer, mean: mean.buffer, square: square.buffer },
    step,
  );
  return { update, mean, square };
}
