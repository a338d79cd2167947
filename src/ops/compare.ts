// Comparisons: masks of 0 and 1 in the operands' type. No derivative flows through them. NaN compares as 0.
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { apart } from './examples.ts';
import { applyBroadcast, binaryOp, type Operand } from './pointwise.ts';

/** Constant wherever x ≠ y. */
export const greaterOp: Op<NoAttributes> = binaryOp('greater', 'zero', (random) => ({
  inputs: apart(random),
  call: (x, y) => greater(x!, y!),
}));

/**
 * 1 where x > y, else 0, element by element. Shapes broadcast. No derivative flows through it.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 * @example
 * ```ts
 * import { greater, tensor } from 'gradsplit/autodiff';
 * greater(tensor([1, 2, 3]), 2).readSync(); // → [0, 0, 1]
 * ```
 */
export function greater(x: Operand, y: Operand): Tensor {
  return applyBroadcast(greaterOp, x, y);
}

/** Constant wherever x ≠ y. */
export const greaterEqualOp: Op<NoAttributes> = binaryOp('greaterEqual', 'zero', (random) => ({
  inputs: apart(random),
  call: (x, y) => greaterEqual(x!, y!),
}));

/**
 * 1 where x ≥ y, else 0, element by element. Shapes broadcast. No derivative flows through it.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 * @example
 * ```ts
 * import { greaterEqual, tensor } from 'gradsplit/autodiff';
 * greaterEqual(tensor([1, 2, 3]), 2).readSync(); // → [0, 1, 1]
 * ```
 */
export function greaterEqual(x: Operand, y: Operand): Tensor {
  return applyBroadcast(greaterEqualOp, x, y);
}

/** Constant wherever x ≠ y. */
export const equalOp: Op<NoAttributes> = binaryOp('equal', 'zero', (random) => ({
  inputs: apart(random),
  call: (x, y) => equal(x!, y!),
}));

/**
 * 1 where x = y, else 0, element by element. Shapes broadcast. No derivative flows through it.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 * @example
 * ```ts
 * import { equal, tensor } from 'gradsplit/autodiff';
 * equal(tensor([1, 2, 3]), 2).readSync(); // → [0, 1, 0]
 * ```
 */
export function equal(x: Operand, y: Operand): Tensor {
  return applyBroadcast(equalOp, x, y);
}
