// What a gradient transformation is, and how transformations are put one after the other.
import { add, type Parameters, type Tensor } from '../autodiff/index.ts';
import { mapGroups } from '../autodiff/trace/parameters.ts';

/**
 * One part of an optimiser. It turns gradients into updates of the parameters' shapes, which are added to the parameters. It is pure: the
 * state is a record of tensors that goes in and comes out. The caller counts the steps, because it needs the number anyway to resume.
 * Composition as in Hessel et al., "Optax: composable gradient transformation and optimisation, in JAX!", 2020.
 */
export interface GradientTransformation {
  /** The state before the first step. */
  initial(parameters: Parameters): Record<string, Tensor>;
  /**
   * @param updates gradients, or what the transformation before made of them
   * @param state as `initial` or the last step returned it
   * @param step 0 for the first
   */
  update(
    updates: Parameters,
    state: Parameters,
    parameters: Parameters,
    step: number,
  ): { updates: Record<string, Tensor>; state: Record<string, Tensor> };
}

/** A transformation that remembers nothing. */
export function stateless(
  convert: (updates: Parameters, parameters: Parameters, step: number) => Record<string, Tensor>,
): GradientTransformation {
  return {
    initial: () => ({}),
    update: (updates, _, parameters, step) => ({ updates: convert(updates, parameters, step), state: {} }),
  };
}

/** What transformation i keeps, out of the state of its chain. */
export function ownState(state: Parameters, i: number): Record<string, Tensor> {
  const prefix = `${i}.`;
  const entries = Object.entries(state).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** The state of transformation i as it stands in that of its chain, the inverse of `ownState`. */
export function chainState(state: Parameters, i: number): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(state).map(([key, value]) => [`${i}.${key}`, value]));
}

/**
 * Transformations one after the other. The state of the i-th stands under `i.` in the state of the whole.
 * @example
 * ```ts
 * import { tensor } from 'gradsplit/autodiff';
 * import { chain, clipByGlobalNorm, scaleByLearningRate } from 'gradsplit/optim';
 * const optimiser = chain(clipByGlobalNorm(1), scaleByLearningRate(() => 0.5));
 * const { updates } = optimiser.update({ x: tensor([3, 4]) }, {}, { x: tensor([0, 0]) }, 0);
 * updates.x!.readSync(); // → [-0.3, -0.4]
 * ```
 */
export function chain(...transformations: readonly GradientTransformation[]): GradientTransformation {
  return {
    initial: (parameters) =>
      Object.assign({}, ...transformations.map((t, i) => chainState(t.initial(parameters), i))),
    update: (gradients, state, parameters, step) => {
      let updates: Record<string, Tensor> = { ...gradients };
      const after: Record<string, Tensor> = {};
      for (const [i, transformation] of transformations.entries()) {
        const result = transformation.update(updates, ownState(state, i), parameters, step);
        updates = result.updates;
        Object.assign(after, chainState(result.state, i));
      }
      return { updates, state: after };
    },
  };
}

/** p + u for every parameter. The results are new tensors; the old ones stay the caller's. */
export function applyUpdates<P extends Parameters>(parameters: P, updates: Parameters): P {
  return mapGroups(parameters, (parameter, path) => add(parameter, updates[path]!)) as P;
}
