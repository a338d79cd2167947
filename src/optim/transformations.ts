// The pieces that optimisers are made of. Every formula is per element; g is what comes in, u what goes out, p the parameter.
import { add, div, mul, type Parameters, sqrt, type Tensor, zeros } from '../autodiff/index.ts';
import { mapGroups } from '../autodiff/trace/parameters.ts';
import { InputError } from '../base/errors.ts';
import { clipFactor } from './globalNorm.ts';
import type { Schedule } from './schedule.ts';
import { type GradientTransformation, stateless } from './transformation.ts';

/**
 * Clipping: u = g·min(1, limit/‖g‖), with ‖g‖ over all parameters together.
 * Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013, algorithm 1.
 * @throws InputError unless limit > 0
 */
export function clipByGlobalNorm(limit: number): GradientTransformation {
  if (!(limit > 0)) throw new InputError(`clipByGlobalNorm: the limit must be > 0, found ${limit}`);
  return stateless((gradients) => {
    const factor = clipFactor(gradients, limit);
    return mapGroups(gradients, (gradient) => mul(gradient, factor));
  });
}

/** u = −η(t)·g: added to the parameters, these updates go downhill. */
export function scaleByLearningRate(schedule: Schedule): GradientTransformation {
  return stateless((gradients, _, step) => {
    const rate = schedule(step);
    return mapGroups(gradients, (gradient) => mul(gradient, -rate));
  });
}

/**
 * Weight decay: u = g + λ·p for the parameters that decay, and u = g for the others.
 * @param decays which parameters decay, by path; all if left out
 * @throws InputError unless the decay is ≥ 0
 */
export function addDecayedWeights(
  decay: number,
  decays: (path: string) => boolean = () => true,
): GradientTransformation {
  if (!(decay >= 0)) throw new InputError(`addDecayedWeights: the decay must be ≥ 0, found ${decay}`);
  return stateless((gradients, parameters) =>
    mapGroups(gradients, (gradient, path) =>
      decay > 0 && decays(path) ? add(gradient, mul(parameters[path]!, decay)) : gradient,
    ),
  );
}

function zerosLike(parameters: Parameters, suffix: string): [string, Tensor][] {
  return Object.entries(parameters).map(([path, { shape, dtype }]) => [
    `${path}.${suffix}`,
    zeros(shape, dtype),
  ]);
}

function checkFraction(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new InputError(`${name} must lie in [0, 1), found ${value}`);
}

/**
 * Momentum: m ← μ·m + g and u = m, with m = 0 before the first step. State: `<path>.momentum` per parameter.
 * Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, in PyTorch's form.
 * @throws InputError unless the momentum lies in [0, 1)
 */
export function accumulateMomentum(momentum: number): GradientTransformation {
  checkFraction('accumulateMomentum: the momentum', momentum);
  return {
    initial: (parameters) => Object.fromEntries(zerosLike(parameters, 'momentum')),
    update: (gradients, state) => {
      const updates = mapGroups(gradients, (gradient, path) =>
        add(mul(state[`${path}.momentum`]!, momentum), gradient),
      );
      const after = Object.entries(updates).map(([path, value]) => [`${path}.momentum`, value]);
      return { updates, state: Object.fromEntries(after) };
    },
  };
}

/** The constants of Adam. */
export interface AdamOptions {
  /** β₁ of the mean; 0.9 if left out. */
  readonly beta1?: number;
  /** β₂ of the mean square; 0.999 if left out. */
  readonly beta2?: number;
  /** ε, added outside the root; 1e-8 if left out. */
  readonly epsilon?: number;
}

/**
 * Adam: m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², u = m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), t = step + 1.
 * State: `<path>.mean` and `<path>.square` per parameter, 0 before the first step.
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
 * @throws InputError unless the betas lie in [0, 1) and epsilon > 0
 */
export function scaleByAdam(options: AdamOptions = {}): GradientTransformation {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkFraction('scaleByAdam: beta1', beta1);
  checkFraction('scaleByAdam: beta2', beta2);
  if (!(epsilon > 0)) throw new InputError(`scaleByAdam: epsilon must be > 0, found ${epsilon}`);
  return {
    initial: (parameters) =>
      Object.fromEntries([...zerosLike(parameters, 'mean'), ...zerosLike(parameters, 'square')]),
    update: (gradients, state, _, step) => {
      const after: Record<string, Tensor> = {};
      const updates = mapGroups(gradients, (gradient, path) => {
        const mean = add(mul(state[`${path}.mean`]!, beta1), mul(gradient, 1 - beta1));
        const square = add(mul(state[`${path}.square`]!, beta2), mul(mul(gradient, gradient), 1 - beta2));
        after[`${path}.mean`] = mean;
        after[`${path}.square`] = square;
        const root = sqrt(mul(square, 1 / (1 - beta2 ** (step + 1))));
        return div(mul(mean, 1 / (1 - beta1 ** (step + 1))), add(root, epsilon));
      });
      return { updates, state: after };
    },
  };
}
