// Permuting axes.

import { apply } from '../autodiff/trace/apply.ts';
import type { Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import { normalizeAxes, stridesOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { normal, randomShape } from './examples.ts';
import { alongLeading, countLeading } from './passage.ts';

/** Axis d of the result is axis permutation[d] of the input. */
export interface TransposeAttributes {
  readonly permutation: readonly number[];
}

function inverse(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

/** Linear; its adjoint is the inverse permutation. */
export const transposeOp: Op<TransposeAttributes> = {
  name: 'transpose',
  output: ([x], { permutation }) => {
    if (normalizeAxes('transpose', permutation, x!.shape).length !== x!.shape.length) {
      throw new ShapeError(
        `transpose: the permutation ${showShape(permutation)} must name every axis of shape ${showShape(x!.shape)}`,
      );
    }
    return { dtype: x!.dtype, shape: permutation.map((axis) => x!.shape[axis]!) };
  },
  forward: (kernels, [x], { permutation }, out) => {
    const strides = stridesOf(x!.shape);
    kernels.gatherStrided(
      x!.buffer,
      out.buffer,
      out.shape,
      permutation.map((axis) => strides[axis]!),
      0,
    );
  },
  vjp: ({ attributes }, cotangent) => transpose(cotangent, inverse(attributes.permutation)),
  passage: ({ output: { shape }, attributes: { permutation } }) =>
    alongLeading(
      shape,
      countLeading(shape, (_, d) => permutation[d] === d),
    ),
  jvp: ({ attributes }, tangent) => transpose(tangent, attributes.permutation),
  batch: ({ inputs: [x], attributes: { permutation } }) =>
    transpose(x!, [0, ...permutation.map((axis) => axis + 1)]),
  example: (random) => {
    const shape = randomShape(random);
    const permutation = shape.map((_, d) => d);
    for (let d = permutation.length - 1; d > 0; d--) {
      const other = random.integer(d + 1);
      [permutation[d], permutation[other]] = [permutation[other]!, permutation[d]!];
    }
    return { inputs: [normal(random, shape)], call: (x) => transpose(x!, permutation) };
  },
};

/**
 * The axes in a new order: axis d of the result is axis permutation[d] of x. Without a permutation all axes are reversed.
 * @throws ShapeError if the permutation does not name every axis once
 * @example
 * ```ts
 * import { tensor, transpose } from 'gradsplit/autodiff';
 * transpose(tensor([[1, 2, 3], [4, 5, 6]])).readSync(); // → [1, 4, 2, 5, 3, 6]
 * ```
 */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  const order = permutation ?? x.shape.map((_, d) => x.shape.length - 1 - d);
  const axes = order.map((axis) => (axis < 0 ? axis + x.shape.length : axis));
  return apply(transposeOp, [x], { permutation: axes });
}
