// Choosing between two values: where, minimum, maximum, clamp.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import { broadcastShapes } from '../tensor/shape.ts';
import { type Tensor, zeros } from '../tensor/tensor.ts';
import { mul } from './arithmetic.ts';
import { checkFloats, checkSameShape } from './check.ts';
import { equal, greater } from './compare.ts';
import { apart, broadcastingShapes, drawn, normal } from './examples.ts';
import { elementwise } from './passage.ts';
import { applyBroadcast, binaryOp, type Operand, toTensor } from './pointwise.ts';
import { onStacks } from './stacks.ts';
import { broadcastTo } from './sum.ts';

/** The direction where input i is chosen, 0 elsewhere: i = 1 is x, i = 2 is y; the mask (0) has no derivative. */
function whereChosen(mask: Tensor, direction: Tensor, i: number): Tensor | undefined {
  if (i === 0) return undefined;
  const zero = zeros(direction.shape, direction.dtype);
  return apply(whereOp, i === 1 ? [mask, direction, zero] : [mask, zero, direction], {});
}

/** The derivative passes to the operand that is chosen. */
export const whereOp: Op<NoAttributes> = {
  name: 'where',
  output: ([mask, x, y]) => {
    checkFloats('where', mask!, x!, y!);
    checkSameShape('where', mask!.shape, x!.shape);
    checkSameShape('where', x!.shape, y!.shape);
    return x!;
  },
  forward: (kernels, [mask, x, y], _, out) => kernels.where(mask!.buffer, x!.buffer, y!.buffer, out.buffer),
  vjp: ({ inputs }, cotangent, i) => whereChosen(inputs[0]!, cotangent, i),
  passage: elementwise,
  jvp: ({ inputs }, tangent, i) => whereChosen(inputs[0]!, tangent, i),
  batch: onStacks,
  example: (random) => {
    const [a, b] = broadcastingShapes(random);
    const mask = greater(
      drawn(b, () => (random.uniform() < 0.5 ? -1 : 1)),
      0,
    );
    return {
      inputs: [normal(random, a), normal(random, b)],
      constants: [mask],
      call: (x, y, chosen) => where(chosen!, x!, y!),
    };
  },
};

/**
 * x where the mask is not 0, and y elsewhere. All three shapes broadcast. It selects and never multiplies, so a NaN or Infinity of the
 * branch not taken stays out of the value. The derivative of that branch may still be NaN (0·Infinity in log(0)); then choose the
 * argument of log with `where` too.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ
 * @example
 * ```ts
 * import { tensor, where } from 'gradsplit/autodiff';
 * where(tensor([1, 0, 1]), tensor([1, 2, 3]), 0).readSync(); // → [1, 0, 3]
 * ```
 */
export function where(mask: Tensor, x: Operand, y: Operand): Tensor {
  const a = toTensor('where', x, mask);
  const b = toTensor('where', y, mask);
  const shape = broadcastShapes('where', broadcastShapes('where', mask.shape, a.shape), b.shape);
  return apply(whereOp, [broadcastTo(mask, shape), broadcastTo(a, shape), broadcastTo(b, shape)], {});
}

/** The direction unless b > a, half of it where a = b: so also where one is NaN. It selects, so that an infinity of the rest stays out. */
function whereAhead(a: Tensor, b: Tensor, direction: Tensor): Tensor {
  return where(greater(b, a), 0, where(equal(a, b), mul(direction, 0.5), direction));
}

/** ∂max(x, y)/∂x = 1 where x > y or one is NaN, ½ where x = y, 0 elsewhere. */
export const maximumOp: Op<NoAttributes> = binaryOp(
  'maximum',
  ({ inputs }, direction, i) => whereAhead(inputs[i]!, inputs[1 - i]!, direction),
  (random) => ({ inputs: apart(random), call: (x, y) => maximum(x!, y!) }),
);

/**
 * The larger of x and y, element by element; NaN if one is NaN. Shapes broadcast. At a tie the cotangent is split evenly; at a
 * NaN it passes to both.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 * @example
 * ```ts
 * import { maximum, tensor } from 'gradsplit/autodiff';
 * maximum(tensor([-1, 2]), 0).readSync(); // → [0, 2]
 * ```
 */
export function maximum(x: Operand, y: Operand): Tensor {
  return applyBroadcast(maximumOp, x, y);
}

/** ∂min(x, y)/∂x = 1 where x < y or one is NaN, ½ where x = y, 0 elsewhere. */
export const minimumOp: Op<NoAttributes> = binaryOp(
  'minimum',
  ({ inputs }, direction, i) => whereAhead(inputs[1 - i]!, inputs[i]!, direction),
  (random) => ({ inputs: apart(random), call: (x, y) => minimum(x!, y!) }),
);

/**
 * The smaller of x and y, element by element; NaN if one is NaN. Shapes broadcast. At a tie the cotangent is split evenly; at a
 * NaN it passes to both.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 * @example
 * ```ts
 * import { minimum, tensor } from 'gradsplit/autodiff';
 * minimum(tensor([-1, 2]), 0).readSync(); // → [-1, 0]
 * ```
 */
export function minimum(x: Operand, y: Operand): Tensor {
  return applyBroadcast(minimumOp, x, y);
}

/**
 * min(max(x, low), high), element by element. Shapes broadcast. At a bound half of the cotangent passes, at a NaN all
 * of it.
 * @throws ShapeError if the shapes do not broadcast; InputError if the types differ, are i32, or both operands are numbers
 * @example
 * ```ts
 * import { clamp, tensor } from 'gradsplit/autodiff';
 * clamp(tensor([-3, 0.5, 3]), -1, 1).readSync(); // → [-1, 0.5, 1]
 * ```
 */
export function clamp(x: Tensor, low: Operand, high: Operand): Tensor {
  return minimum(maximum(x, low), high);
}
