// Gradients per example: the rows of the Jacobian of a vector of values, a chunk of examples at a time.
import { InputError, ShapeError, showShape } from '../base/errors.ts';
import { registry } from '../ops/registry.ts';
import { scope } from '../tensor/scope.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { apply } from './apply.ts';
import { mapGroups, type Parameters } from './parameters.ts';
import { vjp } from './vjp.ts';

/** How many examples go through the function at a time. */
export interface PerTrajectoryOptions {
  /**
   * Examples that share one stored forward pass and one backward pass; 8 if left out. Memory grows with it. Where f mixes
   * the rows of examples the backward pass runs once per example through the whole chunk.
   */
  readonly chunk?: number;
}

/**
 * ∇ of the value of every example, per parameter group: row n of group g is ∂f_n/∂g. The sum over n is the gradient of
 * Σ_n f_n. Each example is a label of one stored forward pass.
 * @param f values [n] of a chunk of examples; value i should depend on example i alone, or results depend on the chunk
 * @param examples tensors [N, …], cut along their first axis (i32 for tokens and indices)
 * @returns per parameter group a tensor [N, …shape of the group]
 * @throws ShapeError if the examples differ in number or f does not return [n]; InputError if the chunk is no integer ≥ 1
 */
export function perTrajectory<P extends Parameters, X extends Parameters>(
  f: (parameters: P, examples: X) => Tensor,
  parameters: P,
  examples: X,
  { chunk = 8 }: PerTrajectoryOptions = {},
): P {
  if (!Number.isInteger(chunk) || chunk < 1) {
    throw new InputError(`perTrajectory: chunk must be an integer ≥ 1, found ${chunk}`);
  }
  const count = countOf(examples);
  return scope(() => {
    const rows: P[] = [];
    for (let start = 0; start < count; start += chunk) {
      rows.push(chunkGradients(f, parameters, rowsOf(examples, start, Math.min(count, start + chunk))));
    }
    return mapGroups(parameters, ({ shape, dtype }, key) =>
      rows.length === 0
        ? tensor([], { shape: [0, ...shape], dtype })
        : apply(
            registry.concat,
            rows.map((row) => row[key]!),
            { axis: 0 },
          ),
    ) as P;
  });
}

function countOf(examples: Parameters): number {
  const [first, ...others] = Object.entries(examples);
  if (first === undefined) throw new InputError('perTrajectory: expected at least one tensor of examples');
  for (const [key, { shape }] of [first, ...others]) {
    if (shape.length === 0 || shape[0] !== first[1].shape[0]) {
      const found = `"${first[0]}" ${showShape(first[1].shape)} and "${key}" ${showShape(shape)}`;
      throw new ShapeError(`perTrajectory: examples must have equal first axes, found ${found}`);
    }
  }
  return first[1].shape[0]!;
}

function rowsOf<X extends Parameters>(examples: X, start: number, end: number): X {
  return mapGroups(examples, (x) => {
    const rest = x.shape.slice(1);
    const attributes = { start: [start, ...rest.map(() => 0)], end: [end, ...rest] };
    return apply(registry.slice, [x], attributes);
  }) as X;
}

/** Gradients [n, …] of n examples from one forward pass: label i has the cotangent 1 at i and 0 elsewhere. */
function chunkGradients<P extends Parameters, X extends Parameters>(
  f: (parameters: P, examples: X) => Tensor,
  parameters: P,
  examples: X,
): P {
  const n = countOf(examples);
  return scope(() => {
    const { value, pullback } = vjp((p: P) => f(p, examples), parameters);
    if (value.shape.length !== 1 || value.shape[0] !== n) {
      throw new ShapeError(
        `perTrajectory: the function must return one value for each of ${n} examples, found shape ${showShape(value.shape)}`,
      );
    }
    const units = Array.from({ length: n }, (_, i) => {
      const unit = Array.from({ length: n }, (_, j) => (i === j ? 1 : 0));
      return [`example ${i}`, tensor(unit, { dtype: value.dtype })];
    });
    const gradients = Object.values(pullback(Object.fromEntries(units) as Record<string, Tensor>));
    return mapGroups(parameters, ({ shape }, key) =>
      apply(
        registry.concat,
        gradients.map((gradient) => apply(registry.reshape, [gradient[key]!], { shape: [1, ...shape] })),
        { axis: 0 },
      ),
    ) as P;
  });
}
