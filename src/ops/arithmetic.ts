// add, sub, mul, div, neg, and mean. Two operands broadcast; one of them may be a number.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import type { RandomStream } from '../base/random.ts';
import { normalizeAxes } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { broadcastingShapes, nonzero, normal, randomShape } from './examples.ts';
import { applyBroadcast, binaryOp, type Operand, unaryOp } from './pointwise.ts';
import { sum } from './sum.ts';

function normalPair(random: RandomStream): [Tensor, Tensor] {
  const [a, b] = broadcastingShapes(random);
  return [normal(random, a), normal(random, b)];
}

/** ∂(x + y)/∂x = ∂/∂y = 1. */
export const addOp: Op<NoAttributes> = binaryOp(
  'add',
  (_, direction) => direction,
  (random) => ({ inputs: normalPair(random), call: (x, y) => add(x!, y!) }),
);

/**
 * x + y, element by element; shapes broadcast.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 */
export function add(x: Operand, y: Operand): Tensor {
  return applyBroadcast(addOp, x, y);
}

/** ∂(x − y)/∂x = 1, ∂/∂y = −1. */
export const subOp: Op<NoAttributes> = binaryOp(
  'sub',
  (_, direction, i) => (i === 0 ? direction : neg(direction)),
  (random) => ({ inputs: normalPair(random), call: (x, y) => sub(x!, y!) }),
);

/**
 * x − y, element by element; shapes broadcast.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 */
export function sub(x: Operand, y: Operand): Tensor {
  return applyBroadcast(subOp, x, y);
}

/** ∂(x·y)/∂x = y. */
export const mulOp: Op<NoAttributes> = binaryOp(
  'mul',
  ({ inputs }, direction, i) => mul(direction, inputs[1 - i]!),
  (random) => ({ inputs: normalPair(random), call: (x, y) => mul(x!, y!) }),
);

/**
 * x · y, element by element; shapes broadcast.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 */
export function mul(x: Operand, y: Operand): Tensor {
  return applyBroadcast(mulOp, x, y);
}

/** ∂(x/y)/∂x = 1/y, ∂/∂y = −(x/y)/y. */
export const divOp: Op<NoAttributes> = binaryOp(
  'div',
  ({ inputs, output }, direction, i) =>
    i === 0 ? div(direction, inputs[1]!) : neg(div(mul(direction, output), inputs[1]!)),
  (random) => {
    const [a, b] = broadcastingShapes(random);
    return { inputs: [normal(random, a), nonzero(random, b)], call: (x, y) => div(x!, y!) };
  },
);

/**
 * x / y, element by element; shapes broadcast.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 */
export function div(x: Operand, y: Operand): Tensor {
  return applyBroadcast(divOp, x, y);
}

/** ∂(−x)/∂x = −1. */
export const negOp: Op<NoAttributes> = unaryOp(
  'neg',
  (_, direction) => neg(direction),
  (random) => ({ inputs: [normal(random, randomShape(random))], call: (x) => neg(x!) }),
);

/**
 * −x, element by element.
 * @throws InputError if x is i32
 */
export function neg(x: Tensor): Tensor {
  return apply(negOp, [x], {});
}

/**
 * (1/n)·Σ over the given axes (all if left out). NaN where there is nothing to average.
 * @param x any shape; the reduced axes are dropped
 * @param keepDims keep the reduced axes with size 1
 * @throws ShapeError if an axis does not exist; InputError if x is i32
 */
export function mean(x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor {
  const count = normalizeAxes('mean', axes, x.shape).reduce((n, axis) => n * x.shape[axis]!, 1);
  return div(sum(x, axes, keepDims), count);
}
