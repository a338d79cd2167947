// The causal mask: what lies above the diagonal of the last two axes is replaced.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import type { Tensor, TensorType } from '../tensor/tensor.ts';
import { checkFloats } from './check.ts';
import { normal, randomShape } from './examples.ts';
import { elementwise } from './passage.ts';
import { softmax } from './softmax.ts';
import { onStacks } from './stacks.ts';

function masking(op: string, value: number): Pick<Op<NoAttributes>, 'name' | 'output' | 'forward' | 'batch'> {
  return {
    name: op,
    output: ([x]) => {
      checkFloats(op, x!);
      checkSquare(op, x!);
      return x!;
    },
    forward: (kernels, [x], _, out) => {
      const { shape } = x!;
      kernels.maskAbove(x!.buffer, out.buffer, sizeOf(shape.slice(0, -2)), shape.at(-1)!, value);
    },
    batch: onStacks,
  };
}

function checkSquare(op: string, { shape }: TensorType): void {
  if (shape.length < 2 || shape.at(-1) !== shape.at(-2)) {
    throw new ShapeError(`${op}: the last two axes must be [T, T], found shape ${showShape(shape)}`);
  }
}

function squares(random: RandomStream): Shape {
  const side = randomShape(random, 1, 1)[0]!;
  return [...randomShape(random, 0, 1), side, side];
}

/** Constant above the diagonal, the identity elsewhere. */
export const causalMaskOp: Op<NoAttributes> = {
  ...masking('causalMask', Number.NEGATIVE_INFINITY),
  makesInfinity: true,
  vjp: (_, cotangent) => lowerTriangle(cotangent),
  passage: elementwise,
  jvp: (_, tangent) => lowerTriangle(tangent),
  // Through softmax: −Infinity itself has no differences.
  example: (random) => ({
    inputs: [normal(random, squares(random))],
    call: (x) => softmax(causalMask(x!)),
  }),
};

/**
 * Attention scores with −Infinity wherever the column (the position that is looked at) is larger than the row (the one that looks).
 * @param scores [..., T, T]
 * @throws ShapeError if the last two axes differ
 * @example
 * ```ts
 * import { causalMask, softmax, zeros } from 'gradsplit/autodiff';
 * softmax(causalMask(zeros([2, 2]))).readSync(); // → [1, 0, 0.5, 0.5]
 * ```
 */
export function causalMask(scores: Tensor): Tensor {
  return apply(causalMaskOp, [scores], {});
}

/** A projection on some of the coordinates: linear and its own adjoint. */
export const lowerTriangleOp: Op<NoAttributes> = {
  ...masking('lowerTriangle', 0),
  vjp: (_, cotangent) => lowerTriangle(cotangent),
  passage: elementwise,
  jvp: (_, tangent) => lowerTriangle(tangent),
  example: (random) => ({ inputs: [normal(random, squares(random))], call: (x) => lowerTriangle(x!) }),
};

/**
 * x with 0 wherever the column is larger than the row.
 * @param x [..., T, T]
 * @throws ShapeError if the last two axes differ
 * @example
 * ```ts
 * import { lowerTriangle, tensor } from 'gradsplit/autodiff';
 * lowerTriangle(tensor([[1, 2], [3, 4]])).readSync(); // → [1, 0, 3, 4]
 * ```
 */
export function lowerTriangle(x: Tensor): Tensor {
  return apply(lowerTriangleOp, [x], {});
}
