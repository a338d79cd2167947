// Ops that show the same memory in another form: identity, reshape, stopGradient. And cast, which copies.

import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import type { DType } from '../kernels/interface.ts';
import { checkShape, type Shape, sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { normal, randomShape } from './examples.ts';
import { elementwise } from './passage.ts';

/** J = I, without a copy. */
export const identityOp: Op<NoAttributes> = {
  name: 'identity',
  output: ([x]) => x!,
  forward: 'view',
  vjp: (_, cotangent) => cotangent,
  passage: elementwise,
  jvp: (_, tangent) => tangent,
  batch: ({ inputs: [x] }) => identity(x!),
  example: (random) => ({ inputs: [normal(random, randomShape(random))], call: (x) => identity(x!) }),
};

/** x itself, of any shape, as another tensor on the same memory. */
export function identity(x: Tensor): Tensor {
  return apply(identityOp, [x], {});
}

/** `shape`: the new shape. */
export interface ReshapeAttributes {
  readonly shape: Shape;
}

/** Linear; its adjoint is reshape. */
export const reshapeOp: Op<ReshapeAttributes> = {
  name: 'reshape',
  output: ([x], { shape }) => {
    checkShape('reshape', shape);
    if (sizeOf(shape) !== sizeOf(x!.shape)) {
      throw new ShapeError(
        `reshape: shape ${showShape(x!.shape)} has ${sizeOf(x!.shape)} elements, ${showShape(shape)} has ${sizeOf(shape)}`,
      );
    }
    return { dtype: x!.dtype, shape };
  },
  forward: 'view',
  vjp: ({ inputs }, cotangent) => reshape(cotangent, inputs[0]!.shape),
  passage: elementwise,
  jvp: ({ attributes }, tangent) => reshape(tangent, attributes.shape),
  batch: ({ inputs: [x], attributes: { shape }, count }) => reshape(x!, [count, ...shape]),
  example: (random) => {
    const shape = randomShape(random);
    const to = random.integer(2) === 0 ? [sizeOf(shape)] : [1, ...shape.toReversed()];
    return { inputs: [normal(random, shape)], call: (x) => reshape(x!, to) };
  },
};

/**
 * The same values, in row-major order, with another shape. Nothing is copied.
 * @throws ShapeError if the number of elements differs
 * @example
 * ```ts
 * import { reshape, tensor } from 'gradsplit/autodiff';
 * reshape(tensor([[1, 2, 3], [4, 5, 6]]), [3, 2]).shape; // → [3, 2]
 * ```
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  return apply(reshapeOp, [x], { shape: [...shape] });
}

/** The identity with derivative 0. */
export const stopGradientOp: Op<NoAttributes> = {
  name: 'stopGradient',
  output: ([x]) => x!,
  forward: 'view',
  vjp: 'zero',
  jvp: 'zero',
  batch: ({ inputs: [x] }) => stopGradient(x!),
  // On a constant: differences would see the dependence that stopGradient hides.
  example: (random) => ({
    inputs: [],
    constants: [normal(random, randomShape(random))],
    call: (x) => stopGradient(x!),
  }),
};

/**
 * x, of any shape, as a constant: no derivative flows through it, in either mode.
 * @example
 * ```ts
 * import { grad, mul, stopGradient, tensor } from 'gradsplit/autodiff';
 * const { x } = grad(({ x }) => mul(x, stopGradient(x)))({ x: tensor(3) });
 * x.item(); // → 3
 * ```
 */
export function stopGradient(x: Tensor): Tensor {
  return apply(stopGradientOp, [x], {});
}

/** `dtype`: the new type. */
export interface CastAttributes {
  readonly dtype: DType;
}

/** Rounds the values, with the derivative of the identity. */
export const castOp: Op<CastAttributes> = {
  name: 'cast',
  output: ([x], { dtype }) => ({ dtype, shape: x!.shape }),
  // Through the host: no kernel converts types.
  forward: (kernels, [x], _, out) => kernels.write(out.buffer, kernels.readSync(x!.buffer)),
  vjp: ({ inputs }, cotangent) => cast(cotangent, inputs[0]!.dtype),
  passage: elementwise,
  jvp: ({ attributes }, tangent) => cast(tangent, attributes.dtype),
  batch: ({ inputs: [x], attributes }) => cast(x!, attributes.dtype),
  // To its own type: a rounding to f32 has no derivative that differences could find.
  example: (random) => ({ inputs: [normal(random, randomShape(random))], call: (x) => cast(x!, x!.dtype) }),
};

/**
 * The values, of any shape, rounded to another type (towards zero for i32). The derivative is that of the identity.
 * @example
 * ```ts
 * import { cast, tensor } from 'gradsplit/autodiff';
 * cast(tensor([1.7, -1.7]), 'i32').readSync(); // → [1, -1]
 * ```
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  return apply(castOp, [x], { dtype });
}
