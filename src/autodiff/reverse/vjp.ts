// Reverse mode with labelled cotangents: one stored forward pass, a gradient per label and parameter group.
import { InputError } from '../../base/errors.ts';
import { scope } from '../../tensor/scope.ts';
import { Tensor, zeros } from '../../tensor/tensor.ts';
import { indexIn } from '../trace/graph.ts';
import { nodeOf } from '../trace/node.ts';
import { checkDirection, mapGroups, type Parameters } from '../trace/parameters.ts';
import { trace } from '../trace/trace.ts';
import { sharedSeeds, sweepLabels } from './labels/sweepLabels.ts';
import { sweep } from './sweep.ts';

/** A value and the map from cotangents of it to cotangents of the parameters. */
export interface Vjp<P extends Parameters> {
  /** f(parameters), of whatever shape f gives. */
  readonly value: Tensor;
  /**
   * Jᵀ·cotangent for every label, per parameter group; zeros where nothing flows. Linear, so that the results of the
   * labels add up to the result of the sum of their cotangents. May be called many times, as long as the scope in which
   * `vjp` was called is open.
   * @throws ShapeError if a cotangent has not the type and shape of the value, naming the label
   */
  pullback<L extends string>(cotangents: Readonly<Record<L, Tensor>>): Record<L, P>;
}

/**
 * Runs f and keeps what its derivative needs. Can be nested with every other transform. What is kept lives until the
 * scope around the call ends.
 * @param f from a record of tensors, one per parameter group, to a tensor
 * @throws InputError if a parameter is i32 or f returns no tensor
 * @returns the value, of whatever shape, and the map from cotangents of that shape to gradients of the shapes of the parameters
 */
export function vjp<P extends Parameters>(f: (parameters: P) => Tensor, parameters: P): Vjp<P> {
  const { result: value, leaves, graph } = trace('vjp', f, parameters);
  if (!(value instanceof Tensor)) throw new InputError('vjp: the function must return a tensor');
  const output = nodeOf(value);
  return {
    value,
    pullback<L extends string>(cotangents: Readonly<Record<L, Tensor>>): Record<L, P> {
      const labels = Object.keys(cotangents) as L[];
      for (const label of labels) {
        checkDirection(`vjp: the cotangent "${label}"`, cotangents[label], 'the value', value);
      }
      return scope(() => {
        const seeds = labels.map((label) => cotangents[label]);
        const shared = sharedSeeds(output, seeds);
        const swept =
          shared === undefined
            ? seeds.map((seed, l) => sweep(graph, output, seed, labels[l]!))
            : sweepLabels(graph, output, shared, labels);
        const gradients = labels.map((label, l) => [
          label,
          mapGroups(parameters, ({ shape, dtype }, key) => {
            const index = indexIn(graph, leaves[key]);
            return (index < 0 ? undefined : swept[l]![index]) ?? zeros(shape, dtype);
          }),
        ]);
        return Object.fromEntries(gradients) as Record<L, P>;
      });
    },
  };
}
