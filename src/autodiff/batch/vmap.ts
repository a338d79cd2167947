// vmap: a function of one example becomes a function of many, computed together.
import { InputError, ShapeError, showShape } from '../../base/errors.ts';
import { registry } from '../../ops/registry.ts';
import { currentLevel, oneLevelDeeper } from '../../tensor/level.ts';
import { scope } from '../../tensor/scope.ts';
import { Tensor, tensor } from '../../tensor/tensor.ts';
import { apply } from '../trace/apply.ts';
import { asExample, type Batch, isExample, stackOf } from '../trace/examples.ts';
import type { BatchRule } from '../trace/op.ts';
import { mapGroups, type Parameters } from '../trace/parameters.ts';

/** Example n of a stack: [n, …shape] to [shape]. */
function exampleAt(stack: Tensor, n: number): Tensor {
  const shape = stack.shape.slice(1);
  const row = { start: [n, ...shape.map(() => 0)], end: [n + 1, ...shape] };
  return apply(registry.reshape, [apply(registry.slice, [stack], row)], { shape });
}

/** One example after the other, and the results stacked: what serves ops without a batch rule. */
const oneByOne: BatchRule<unknown> = ({ op, inputs, isStack, attributes, count }) => {
  if (count === 0) {
    const types = inputs.map((x, i) => ({ dtype: x.dtype, shape: isStack[i] ? x.shape.slice(1) : x.shape }));
    const { dtype, shape } = op.output(types, attributes);
    return tensor([], { dtype, shape: [0, ...shape] });
  }
  const rows = Array.from({ length: count }, (_, n) => {
    const example = inputs.map((x, i) => (isStack[i] ? exampleAt(x, n) : x));
    const output = apply(op, example, attributes);
    return apply(registry.reshape, [output], { shape: [1, ...output.shape] });
  });
  return apply(registry.concat, rows, { axis: 0 });
};

/** The length of the first axes, which must be one; `of` asks. */
export function countOf(of: string, stacks: Parameters): number {
  const [first, ...others] = Object.entries(stacks);
  if (first === undefined) throw new InputError(`${of}: expected at least one tensor of examples`);
  for (const [key, { shape }] of [first, ...others]) {
    if (shape.length === 0 || shape[0] !== first[1].shape[0]) {
      const found = `"${first[0]}" ${showShape(first[1].shape)} and "${key}" ${showShape(shape)}`;
      throw new ShapeError(`${of}: examples must have equal first axes, found ${found}`);
    }
  }
  return first[1].shape[0]!;
}

/** The stack behind a result; of one that is the same for all examples, copies. */
function stackOfResult(result: unknown, batch: Batch): Tensor {
  if (!(result instanceof Tensor)) throw new InputError('vmap: the function must return a tensor');
  if (isExample(result, batch)) return stackOf(result);
  return apply(registry.broadcastTo, [result], { shape: [batch.count, ...result.shape] });
}

/**
 * The function that applies f to every example: everything that goes in or comes out has one more axis, the first. f runs once, on tensors
 * of the shapes of one example, whose values it cannot read. Ops compute on the stacks of all examples, by their batch rules. What f takes
 * from outside is the same for all examples. `vmap` can be nested with itself and with every other transform, inside or outside.
 * Source: the idea and the name are JAX's (Bradbury et al. 2018).
 * @param f from a record of tensors, floats or i32, to a tensor or a record of tensors
 * @returns a function from tensors [n, …shape], n ≥ 0, to tensors [n, …shape]
 * @throws (when called) ShapeError if first axes differ; InputError if there is no tensor, if f returns none, or if f reads the values of
 *   an example
 * @example
 * ```ts
 * import { mul, sum, tensor, vmap } from 'gradsplit/autodiff';
 * const squaredNorm = vmap(({ x }) => sum(mul(x, x)));
 * squaredNorm({ x: tensor([[3, 4], [1, 2]]) }).readSync(); // → [25, 5]
 * ```
 */
export function vmap<X extends Parameters, Y extends Tensor | Parameters>(
  f: (example: X) => Y,
): (examples: X) => Y {
  return (examples) => {
    const count = countOf('vmap', examples);
    return scope(() =>
      oneLevelDeeper(() => {
        const batch: Batch = { level: currentLevel(), count, oneByOne, open: true };
        try {
          const result = f(mapGroups(examples, (stack) => asExample(stack, batch)) as X);
          const isRecord = typeof result === 'object' && result !== null && !(result instanceof Tensor);
          if (!isRecord) return stackOfResult(result, batch) as Y;
          return mapGroups(result as Parameters, (part) => stackOfResult(part, batch)) as Y;
        } finally {
          batch.open = false;
        }
      }),
    );
  };
}
