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
 * eˣ, element by element.
 * @throws InputError if x is i32
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
 * Natural logarithm, element by element; −Infinity at 0, NaN below.
 * @throws InputError if x is i32
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
 * √x, element by element; NaN below 0.
 * @throws InputError if x is i32
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
 * |x|, element by element; derivative 0 at 0.
 * @throws InputError if x is i32
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
 * −1, 0 or 1, element by element; no derivative flows through it.
 * @throws InputError if x is i32
 */
export function sign(x: Tensor): Tensor {
  return apply(signOp, [x], {});
}
