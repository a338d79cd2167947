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
 * x + y, element by element. Shapes broadcast, and one operand may be a number.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 * @example
 * ```ts
 * import { add, tensor } from 'gradsplit/autodiff';
 * add(tensor([[1, 2], [3, 4]]), tensor([10, 20])).readSync(); // → [11, 22, 13, 24]
 * ```
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
 * x − y, element by element. Shapes broadcast, and one operand may be a number.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 * @example
 * ```ts
 * import { sub, tensor } from 'gradsplit/autodiff';
 * sub(1, tensor([1, 2, 3])).readSync(); // → [0, -1, -2]
 * ```
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
 * x·y, element by element. Shapes broadcast, and one operand may be a number.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 * @example
 * ```ts
 * import { mul, tensor } from 'gradsplit/autodiff';
 * mul(tensor([1, 2, 3]), 2).readSync(); // → [2, 4, 6]
 * ```
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
 * x/y, element by element. Shapes broadcast, and one operand may be a number. The cotangent of y is −(ȳ·(x/y))/y, which is not a
 * number of the type where ȳ·(x/y) overflows, even if it would come back by the last division.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 * @example
 * ```ts
 * import { div, tensor } from 'gradsplit/autodiff';
 * div(tensor([1, 2, 3]), 2).readSync(); // → [0.5, 1, 1.5]
 * ```
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
 * @example
 * ```ts
 * import { neg, tensor } from 'gradsplit/autodiff';
 * neg(tensor([1, -2])).readSync(); // → [-1, 2]
 * ```
 */
export function neg(x: Tensor): Tensor {
  return apply(negOp, [x], {});
}

/**
 * The mean over the given axes, or over all axes if none are given; NaN where there is nothing to average.
 * @param x any shape; the reduced axes are dropped
 * @param axes negative ones count from the end
 * @param keepDims keeps the reduced axes with size 1
 * @throws ShapeError if an axis does not exist; InputError if x is i32
 * @example
 * ```ts
 * import { mean, tensor } from 'gradsplit/autodiff';
 * const x = tensor([[1, 2], [3, 4]]);
 * mean(x).item(); // → 2.5
 * mean(x, 0).readSync(); // → [2, 3]
 * ```
 */
export function mean(x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor {
  const count = normalizeAxes('mean', axes, x.shape).reduce((n, axis) => n * x.shape[axis]!, 1);
  return div(sum(x, axes, keepDims), count);
}
