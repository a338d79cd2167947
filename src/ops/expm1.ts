// eˣ − 1, and eˣ − 1 − x, of which it is the derivative. Both are right where x is so small that eˣ rounds to 1.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { mul } from './arithmetic.ts';
import { normal, randomShape } from './examples.ts';
import { exp } from './functions.ts';
import { unaryOp } from './pointwise.ts';

/** (eˣ − 1)′ = eˣ, which is not taken from the output: near −∞ adding 1 would leave nothing of it. */
export const expm1Op: Op<NoAttributes> = unaryOp(
  'expm1',
  ({ inputs }, direction) => mul(direction, exp(inputs[0]!)),
  (random) => ({ inputs: [normal(random, randomShape(random))], call: (x) => expm1(x!) }),
);

/**
 * eˣ − 1, element by element, correct to 1.5 ulp.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { expm1, tensor } from 'gradsplit/autodiff';
 * expm1(tensor([-1, 0, 1])).readSync(); // → [-0.632121, 0, 1.718282]
 * ```
 */
export function expm1(x: Tensor): Tensor {
  return apply(expm1Op, [x], {});
}

/** (eˣ − 1 − x)′ = eˣ − 1. */
export const expm1MinusXOp: Op<NoAttributes> = unaryOp(
  'expm1MinusX',
  ({ inputs }, direction) => mul(direction, expm1(inputs[0]!)),
  (random) => ({ inputs: [normal(random, randomShape(random))], call: (x) => expm1MinusX(x!) }),
);

/**
 * eˣ − 1 − x, element by element, correct to 3 ulp: x²/2 near 0, and never negative.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { expm1MinusX, tensor } from 'gradsplit/autodiff';
 * expm1MinusX(tensor([-1, 0, 1])).readSync(); // → [0.367879, 0, 0.718282]
 * ```
 */
export function expm1MinusX(x: Tensor): Tensor {
  return apply(expm1MinusXOp, [x], {});
}
