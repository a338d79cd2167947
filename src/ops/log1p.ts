// log(1 + x), right where x is so small that 1 + x rounds to 1.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { add, div } from './arithmetic.ts';
import { positive, randomShape } from './examples.ts';
import { unaryOp } from './pointwise.ts';

/** (log(1 + x))′ = 1/(1 + x). */
export const log1pOp: Op<NoAttributes> = unaryOp(
  'log1p',
  ({ inputs }, direction) => div(direction, add(inputs[0]!, 1)),
  (random) => ({ inputs: [positive(random, randomShape(random))], call: (x) => log1p(x!) }),
);

/**
 * log(1 + x), element by element, correct to 1.5 ulp: −Infinity at −1, NaN below −1.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { log1p, tensor } from 'gradsplit/autodiff';
 * log1p(tensor([-0.5, 0, 1])).readSync(); // → [-0.693147, 0, 0.693147]
 * ```
 */
export function log1p(x: Tensor): Tensor {
  return apply(log1pOp, [x], {});
}
