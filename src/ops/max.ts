// The largest and the smallest value over axes.
import { apply } from '../autodiff/trace/apply.ts';
import type { Op, Primal } from '../autodiff/trace/op.ts';
import { normalizeAxes } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { checkFloats } from './check.ts';
import { equal } from './compare.ts';
import { distinct, randomShape } from './examples.ts';
import { alongLeading } from './passage.ts';
import {
  axisRuns,
  behindFirst,
  broadcastTo,
  keptShape,
  type ReduceAttributes,
  reducedShape,
  reduceSizes,
  shapeKeeping,
  sumOp,
} from './sum.ts';
import { reshape } from './views.ts';

/** A reduced tensor repeated to the input's shape. */
function restored(x: Tensor, { inputs, attributes }: Primal<ReduceAttributes>): Tensor {
  const { shape } = inputs[0]!;
  return broadcastTo(reshape(x, keptShape(shape, attributes)), shape);
}

/** ∂max/∂x: 1/n at the n places that attain the maximum, 0 elsewhere. A NaN is attained where x is NaN. */
function share(primal: Primal<ReduceAttributes>): Tensor {
  const x = primal.inputs[0]!;
  const attained = add(equal(x, restored(primal.output, primal)), sub(1, equal(x, x)));
  return div(attained, restored(apply(sumOp, [attained], primal.attributes), primal));
}

/** ∂max/∂x = 1/n at the n places that attain the maximum, 0 elsewhere. */
export const maxOp: Op<ReduceAttributes> = {
  name: 'max',
  output: ([x], axes) => {
    checkFloats('max', x!);
    return { dtype: x!.dtype, shape: reducedShape(x!.shape, axes) };
  },
  forward: (kernels, [x], axes, out) =>
    kernels.reduce('max', x!.buffer, out.buffer, ...reduceSizes(x!.shape, axes)),
  vjp: (primal, cotangent) => mul(restored(cotangent, primal), share(primal)),
  passage: ({ output, attributes }) => alongLeading(output.shape, attributes.start),
  jvp: (primal, tangent) => apply(sumOp, [mul(tangent, share(primal))], primal.attributes),
  batch: ({ op, inputs, attributes }) => apply(op, inputs, behindFirst(attributes)),
  example: (random) => {
    const shape = randomShape(random);
    // Not over empty axes: −Infinity has no differences.
    const axes = shape.flatMap((axis, d) => (axis === 0 || random.integer(2) === 0 ? [] : [d]));
    const keepDims = random.integer(2) === 1;
    return { inputs: [distinct(random, shape)], call: (x) => max(x!, axes, keepDims) };
  },
};

/**
 * The largest value over the given axes, or over all axes if none are given: −Infinity where there is none, NaN if one is NaN. Where
 * several elements attain it, the cotangent is split evenly among them; NaNs attain NaN.
 * @param x any shape; the reduced axes are dropped
 * @param axes negative ones count from the end
 * @param keepDims keeps the reduced axes with size 1
 * @throws ShapeError if an axis does not exist; InputError if x is i32
 * @example
 * ```ts
 * import { max, tensor } from 'gradsplit/autodiff';
 * max(tensor([[1, 5], [7, 2]]), 1).readSync(); // → [5, 7]
 * ```
 */
export function max(x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor {
  const list = normalizeAxes('max', axes, x.shape);
  let result = x;
  for (const run of axisRuns(list)) result = apply(maxOp, [result], run);
  return keepDims ? reshape(result, shapeKeeping(x.shape, list)) : result;
}

/**
 * The smallest value over the given axes, or over all axes if none are given: Infinity where there is none, NaN if one is NaN. Where
 * several elements attain it, the cotangent is split evenly among them; NaNs attain NaN.
 * @param x any shape; the reduced axes are dropped
 * @param axes negative ones count from the end
 * @param keepDims keeps the reduced axes with size 1
 * @throws ShapeError if an axis does not exist; InputError if x is i32
 * @example
 * ```ts
 * import { min, tensor } from 'gradsplit/autodiff';
 * min(tensor([[1, 5], [7, 2]]), 1).readSync(); // → [1, 2]
 * ```
 */
export function min(x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor {
  const list = normalizeAxes('min', axes, x.shape);
  return neg(max(neg(x), list, keepDims));
}
