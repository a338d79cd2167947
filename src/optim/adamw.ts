// AdamW: one kernel call over all parameters, which clips too.
import { type Parameters, Tensor } from '../autodiff/index.ts';
import type { AdamWOperands, AdamWStep } from '../kernels/interface.ts';
import { arePlain, clipFactor } from './globalNorm.ts';
import type { Schedule } from './schedule.ts';
import { chain, chainState, type GradientTransformation, ownState } from './transformation.ts';
import {
  type AdamOptions,
  addDecayedWeights,
  clipByGlobalNorm,
  scaleByAdam,
  scaleByLearningRate,
} from './transformations.ts';

/** Options of AdamW. */
export interface AdamWOptions extends AdamOptions {
  readonly learningRate: Schedule;
  /** λ; 0.01 if left out. */
  readonly weightDecay?: number;
  /** Which parameters decay, by path; all if left out. GPT-2 is mostly trained with matrices and embeddings only. */
  readonly decays?: (path: string) => boolean;
  /** Gradients are scaled down to this norm over all parameters, as clipByGlobalNorm does; not at all if left out. */
  readonly clipNorm?: number;
}

/**
 * AdamW: p ← p − η·(m̂/(√v̂ + ε) + λ·p), Adam with a weight decay that does not pass through its statistics. Gradients may be clipped
 * first. The result has the bits of chain(clipByGlobalNorm, scaleByAdam, addDecayedWeights, scaleByLearningRate), but it takes one
 * kernel call over all parameters: the kernels read the gradients twice, once for their norm, and write only moments and updates. Where a
 * running transform differentiates the step, the chain itself is used. State: `0.<path>.mean` and `0.<path>.square` per parameter.
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2, with λ scaled by η as in PyTorch.
 * @throws InputError unless the betas lie in [0, 1), epsilon > 0, the decay ≥ 0 and the limit > 0
 * @example
 * ```ts
 * import { grad, mul, sum, tensor } from 'gradsplit/autodiff';
 * import { adamw, applyUpdates } from 'gradsplit/optim';
 * const optimiser = adamw({ learningRate: () => 0.1 });
 * let parameters = { x: tensor([3, -2]) };
 * let state = optimiser.initial(parameters);
 * for (let step = 0; step < 100; step++) {
 *   const gradient = grad(({ x }: typeof parameters) => sum(mul(x, x)))(parameters);
 *   const next = optimiser.update(gradient, state, parameters, step);
 *   state = next.state;
 *   parameters = { x: applyUpdates(parameters, next.updates).x! };
 * }
 * Math.abs(parameters.x.readSync()[0]!) < 0.1; // → true
 * ```
 */
export function adamw(options: AdamWOptions): GradientTransformation {
  const { learningRate, weightDecay = 0.01, decays = () => true, clipNorm } = options;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const adam = scaleByAdam(options);
  const parts = [adam, addDecayedWeights(weightDecay, decays), scaleByLearningRate(learningRate)];
  const composition = chain(...parts);
  const place = parts.indexOf(adam);
  const clipping = clipNorm === undefined ? undefined : clipByGlobalNorm(clipNorm);
  return {
    initial: composition.initial,
    update: (gradients, state, parameters, step) => {
      const involved = [gradients, state, parameters].flatMap((record) => Object.values(record));
      if (!arePlain(involved)) {
        const clipped = clipping?.update(gradients, {}, parameters, step).updates ?? gradients;
        return composition.update(clipped, state, parameters, step);
      }
      const numbers = { beta1, beta2, epsilon, rate: learningRate(step), t: step + 1 };
      const scale = clipNorm === undefined ? undefined : clipFactor(gradients, clipNorm);
      const moments = ownState(state, place);
      const operands = Object.keys(gradients).map((path): [string, AdamWOperands] => {
        const decay = decays(path) ? weightDecay : 0;
        return [path, operandsOf(path, gradients, moments, parameters, decay)];
      });
      const next = stepOf(
        operands,
        gradients,
        scale === undefined ? numbers : { ...numbers, scale: scale.buffer },
      );
      scale?.dispose();
      return { updates: next.updates, state: chainState(next.moments, place) };
    },
  };
}

function operandsOf(
  path: string,
  gradients: Parameters,
  moments: Parameters,
  parameters: Parameters,
  decay: number,
): AdamWOperands {
  return {
    gradient: gradients[path]!.buffer,
    mean: moments[`${path}.mean`]!.buffer,
    square: moments[`${path}.square`]!.buffer,
    parameter: parameters[path]!.buffer,
    decay,
  };
}

/** The kernel into fresh tensors of the gradients' shapes. */
function stepOf(
  operands: readonly (readonly [string, AdamWOperands])[],
  gradients: Parameters,
  step: AdamWStep,
): Record<'updates' | 'moments', Record<string, Tensor>> {
  const [updates, moments]: Record<string, Tensor>[] = [{}, {}];
  const out = operands.map(([path]) => {
    const { dtype, shape, storage } = gradients[path]!;
    const fresh = (): Tensor => Tensor.allocate(storage.kernels, dtype, shape, 'adamw');
    const [update, mean, square] = [fresh(), fresh(), fresh()];
    updates![path] = update;
    moments![`${path}.mean`] = mean;
    moments![`${path}.square`] = square;
    return { update: update.buffer, mean: mean.buffer, square: square.buffer };
  });
  const [first] = Object.values(gradients);
  first?.storage.kernels.adamw(
    operands.map(([, own]) => own),
    out,
    step,
  );
  return { updates: updates!, moments: moments! };
}
