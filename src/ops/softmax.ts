// softmax, logSoftmax, logSumExp over the last axis.
import { apply } from '../autodiff/apply.ts';
import type { NoAttributes, Op } from '../autodiff/op.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import type { Tensor, TensorType } from '../tensor/tensor.ts';
import { mul, sub } from './arithmetic.ts';
import { checkFloats, checkRank } from './check.ts';
import { normal, randomShape } from './examples.ts';
import { exp } from './functions.ts';
import { sum } from './sum.ts';
import { reshape } from './views.ts';

function checkRows(op: string, x: TensorType): void {
  checkFloats(op, x);
  checkRank(op, 1, x.shape);
}

/** [rows, columns] with the last axis as columns. */
function rowSizes(shape: Shape): [number, number] {
  return [sizeOf(shape.slice(0, -1)), shape.at(-1)!];
}

// J·v = p∘(v − ⟨p, v⟩) = Jᵀ·v serves both ways.
function softmaxAlong(p: Tensor, v: Tensor): Tensor {
  return mul(p, sub(v, sum(mul(p, v), -1, true)));
}

/** p = softmax x: J = diag(p) − p·pᵀ = Jᵀ. */
export const softmaxOp: Op<NoAttributes> = {
  name: 'softmax',
  output: ([x]) => {
    checkRows('softmax', x!);
    return x!;
  },
  forward: (kernels, [x], _, out) => kernels.row('softmax', x!.buffer, out.buffer, ...rowSizes(x!.shape)),
  vjp: ({ output }, cotangent) => softmaxAlong(output, cotangent),
  jvp: ({ output }, tangent) => softmaxAlong(output, tangent),
  example: (random) => ({ inputs: [normal(random, randomShape(random, 1))], call: (x) => softmax(x!) }),
};

/**
 * e^{x_c} / Σ e^{x} over the last axis; stable.
 * @throws ShapeError if x is a scalar
 */
export function softmax(x: Tensor): Tensor {
  return apply(softmaxOp, [x], {});
}

/** y = logSoftmax x: J = I − 1·pᵀ with p = eʸ. */
export const logSoftmaxOp: Op<NoAttributes> = {
  name: 'logSoftmax',
  output: ([x]) => {
    checkRows('logSoftmax', x!);
    return x!;
  },
  forward: (kernels, [x], _, out) => kernels.row('logSoftmax', x!.buffer, out.buffer, ...rowSizes(x!.shape)),
  vjp: ({ output }, cotangent) => sub(cotangent, mul(exp(output), sum(cotangent, -1, true))),
  jvp: ({ output }, tangent) => sub(tangent, sum(mul(exp(output), tangent), -1, true)),
  example: (random) => ({ inputs: [normal(random, randomShape(random, 1))], call: (x) => logSoftmax(x!) }),
};

/**
 * x_c − log Σ e^{x} over the last axis; stable.
 * @throws ShapeError if x is a scalar
 */
export function logSoftmax(x: Tensor): Tensor {
  return apply(logSoftmaxOp, [x], {});
}

/** ∇ logSumExp = softmax. */
export const logSumExpOp: Op<NoAttributes> = {
  name: 'logSumExp',
  output: ([x]) => {
    checkRows('logSumExp', x!);
    return { dtype: x!.dtype, shape: x!.shape.slice(0, -1) };
  },
  forward: (kernels, [x], _, out) => kernels.logSumExp(x!.buffer, out.buffer, ...rowSizes(x!.shape)),
  vjp: ({ inputs, output }, cotangent) => mul(softmax(inputs[0]!), reshape(cotangent, [...output.shape, 1])),
  jvp: ({ inputs }, tangent) => sum(mul(softmax(inputs[0]!), tangent), -1),
  example: (random) => {
    // Not over an empty axis: −Infinity has no differences.
    const shape = [...randomShape(random, 0, 2), 1 + random.integer(3)];
    return { inputs: [normal(random, shape)], call: (x) => logSumExp(x!) };
  },
};

/**
 * log Σ e^{x} over the last axis, which is dropped; −Infinity where it is empty.
 * @throws ShapeError if x is a scalar
 */
export function logSumExp(x: Tensor): Tensor {
  return apply(logSumExpOp, [x], {});
}
