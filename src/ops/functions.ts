// Functions of one variable: exp, log, sqrt, reciprocal, abs, sign. The formula of each derivative stands above its op.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { div, mul, neg } from './arithmetic.ts';
import { nonzero, normal, positive, randomShape } from './examples.ts';
import { unaryOp } from './pointwise.ts';

/** (eˣ)′ = eˣ. */
export const expOp: Op<NoAttributes> = unaryOp(
  'exp',
  ({ output }, direction) => mul(direction, output),
  (random) => ({ inputs: [normal(random, randomShape(random))], call: (x) => exp(x!) }),
);

/**
 * eˣ, element by element, correct to 1.5 ulp.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { exp, tensor } from 'gradsplit/autodiff';
 * exp(tensor([0, 1])).readSync(); // → [1, 2.718282]
 * ```
 */
export function exp(x: Tensor): Tensor {
  return apply(expOp, [x], {});
}

/** (log x)′ = 1/x. */
export const logOp: Op<NoAttributes> = unaryOp(
  'log',
  ({ inputs }, direction) => div(direction, inputs[0]!),
  (random) => ({ inputs: [positive(random, randomShape(random))], call: (x) => log(x!) }),
);

/**
 * The natural logarithm, element by element, correct to 1.5 ulp: −Infinity at 0, NaN below 0.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { log, tensor } from 'gradsplit/autodiff';
 * log(tensor([1, 2])).readSync(); // → [0, 0.693147]
 * ```
 */
export function log(x: Tensor): Tensor {
  return apply(logOp, [x], {});
}

/** (√x)′ = 1/(2√x). */
export const sqrtOp: Op<NoAttributes> = unaryOp(
  'sqrt',
  ({ output }, direction) => div(direction, mul(output, 2)),
  (random) => ({ inputs: [positive(random, randomShape(random))], call: (x) => sqrt(x!) }),
);

/**
 * √x, element by element: NaN below 0.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { sqrt, tensor } from 'gradsplit/autodiff';
 * sqrt(tensor([0, 4, 9])).readSync(); // → [0, 2, 3]
 * ```
 */
export function sqrt(x: Tensor): Tensor {
  return apply(sqrtOp, [x], {});
}

/** (1/x)′ = −(1/x)². */
export const reciprocalOp: Op<NoAttributes> = unaryOp(
  'reciprocal',
  ({ output }, direction) => neg(mul(direction, mul(output, output))),
  (random) => ({ inputs: [nonzero(random, randomShape(random))], call: (x) => reciprocal(x!) }),
);

/**
 * 1/x, element by element.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { reciprocal, tensor } from 'gradsplit/autodiff';
 * reciprocal(tensor([2, -4])).readSync(); // → [0.5, -0.25]
 * ```
 */
export function reciprocal(x: Tensor): Tensor {
  return apply(reciprocalOp, [x], {});
}

/** |x|′ = sign x, which is 0 at 0. */
export const absOp: Op<NoAttributes> = unaryOp(
  'abs',
  ({ inputs }, direction) => mul(direction, sign(inputs[0]!)),
  (random) => ({ inputs: [nonzero(random, randomShape(random))], call: (x) => abs(x!) }),
);

/**
 * |x|, element by element. Its derivative at 0 is 0.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { abs, tensor } from 'gradsplit/autodiff';
 * abs(tensor([-2, 0, 3])).readSync(); // → [2, 0, 3]
 * ```
 */
export function abs(x: Tensor): Tensor {
  return apply(absOp, [x], {});
}

/** Constant on either side of 0. */
export const signOp: Op<NoAttributes> = unaryOp('sign', 'zero', (random) => ({
  inputs: [nonzero(random, randomShape(random))],
  call: (x) => sign(x!),
}));

/**
 * −1, 0 or 1, element by element. No derivative flows through it.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { sign, tensor } from 'gradsplit/autodiff';
 * sign(tensor([-2, 0, 3])).readSync(); // → [-1, 0, 1]
 * ```
 */
export function sign(x: Tensor): Tensor {
  return apply(signOp, [x], {});
}
