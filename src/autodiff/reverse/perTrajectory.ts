// Gradients per example: vmap of the gradient, a chunk of examples at a time.
import { InputError } from '../../base/errors.ts';
import { registry } from '../../ops/registry.ts';
import { scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { countOf, vmap } from '../batch/vmap.ts';
import { apply } from '../trace/apply.ts';
import { mapGroups, type Parameters } from '../trace/parameters.ts';
import { grad } from './grad.ts';

/** Options of `perTrajectory`. */
export interface PerTrajectoryOptions {
  /** Examples computed together; 16 if left out. Memory grows with it, arithmetic does not. */
  readonly chunk?: number;
}

/**
 * One gradient per example: row n of group g is ∂f(parameters, example n)/∂g. The sum over n is the gradient of Σ_n f. N examples cost the
 * arithmetic of N forward and backward passes, in the calls of N/chunk passes.
 * @param f the value, a scalar [], of one example
 * @param examples tensors [N, …], cut along their first axis (i32 for tokens and indices)
 * @returns per parameter group a tensor [N, …shape of the group]
 * @throws ShapeError if the examples differ in number or f does not return a scalar; InputError if the chunk is not an integer ≥ 1, or if
 *   f reads the values of an example
 * @example
 * ```ts
 * import { mul, perTrajectory, sum, tensor } from 'gradsplit/autodiff';
 * const parameters = { w: tensor([1, 1]) };
 * const examples = { x: tensor([[1, 2], [3, 4], [5, 6]]) };
 * const gradients = perTrajectory(({ w }, { x }) => sum(mul(w, x)), parameters, examples);
 * gradients.w.readSync(); // → [1, 2, 3, 4, 5, 6]
 * ```
 */
export function perTrajectory<P extends Parameters, X extends Parameters>(
  f: (parameters: P, example: X) => Tensor,
  parameters: P,
  examples: X,
  { chunk = 16 }: PerTrajectoryOptions = {},
): P {
  if (!Number.isInteger(chunk) || chunk < 1) {
    throw new InputError(`perTrajectory: chunk must be an integer ≥ 1, found ${chunk}`);
  }
  const gradients = vmap((example: X) => grad((p: P) => f(p, example))(parameters));
  const count = countOf('perTrajectory', examples);
  return scope(() => {
    const rows: P[] = [];
    // Once at least: no examples are a chunk of none.
    for (let start = 0; start === 0 || start < count; start += chunk) {
      rows.push(gradients(rowsOf(examples, start, Math.min(count, start + chunk))));
    }
    return mapGroups(parameters, (_, key) =>
      apply(
        registry.concat,
        rows.map((row) => row[key]!),
        { axis: 0 },
      ),
    ) as P;
  });
}

/** Examples start … end − 1. */
function rowsOf<X extends Parameters>(examples: X, start: number, end: number): X {
  return mapGroups(examples, (x) => {
    const rest = x.shape.slice(1);
    const attributes = { start: [start, ...rest.map(() => 0)], end: [end, ...rest] };
    return apply(registry.slice, [x], attributes);
  }) as X;
}
