// What element-wise ops have in common: equal shapes, broadcasting of operands, a diagonal Jacobian.

import { apply } from '../autodiff/trace/apply.ts';
import type { Example, NoAttributes, Op, Rule } from '../autodiff/trace/op.ts';
import { InputError } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';
import type { BinaryKernel, UnaryKernel } from '../kernels/interface.ts';
import { broadcastShapes, sameShape } from '../tensor/shape.ts';
import { full, Tensor } from '../tensor/tensor.ts';
import { checkFloats, checkSameShape } from './check.ts';
import { elementwise } from './passage.ts';
import { onStacks } from './stacks.ts';
import { broadcastTo } from './sum.ts';

/** An operand of an element-wise op. Where an op takes two, one of them may be a number. */
export type Operand = Tensor | number;

/** J is diagonal, Jᵀ = J: one rule, `direction` times ∂output/∂inputs[i], serves as vjp and as jvp. */
type DiagonalRule = Rule<NoAttributes> | 'zero';

/** out = f(x), element by element. */
export function unaryOp(
  name: UnaryKernel,
  along: DiagonalRule,
  example: (random: RandomStream) => Example,
): Op<NoAttributes> {
  return {
    name,
    output: ([x]) => {
      checkFloats(name, x!);
      return x!;
    },
    forward: (kernels, [x], _, out) => kernels.unary(name, x!.buffer, out.buffer),
    vjp: along,
    passage: elementwise,
    jvp: along,
    batch: onStacks,
    example,
  };
}

/** out = f(x, y), element by element, on equal shapes. */
export function binaryOp(
  name: BinaryKernel,
  along: DiagonalRule,
  example: (random: RandomStream) => Example,
): Op<NoAttributes> {
  return {
    name,
    output: ([x, y]) => {
      checkFloats(name, x!, y!);
      checkSameShape(name, x!.shape, y!.shape);
      return x!;
    },
    forward: (kernels, [x, y], _, out) => kernels.binary(name, x!.buffer, y!.buffer, out.buffer),
    vjp: along,
    passage: elementwise,
    jvp: along,
    batch: onStacks,
    example,
  };
}

/** A number as a tensor like the other operand; at least one operand must be a tensor. */
export function toTensor(op: string, operand: Operand, like: Operand): Tensor {
  if (operand instanceof Tensor) return operand;
  if (like instanceof Tensor) return full(like.shape, operand, like.dtype);
  throw new InputError(
    `${op}: at least one operand must be a tensor, found the numbers ${operand} and ${like}`,
  );
}

/** Applies a binary op, repeating operands to a common shape first where they differ. */
export function applyBroadcast(op: Op<NoAttributes>, x: Operand, y: Operand): Tensor {
  const a = toTensor(op.name, x, y);
  const b = toTensor(op.name, y, x);
  if (sameShape(a.shape, b.shape)) return apply(op, [a, b], {});
  const shape = broadcastShapes(op.name, a.shape, b.shape);
  return apply(op, [broadcastTo(a, shape), broadcastTo(b, shape)], {});
}
