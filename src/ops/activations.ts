// tanh, sigmoid, rsqrt and GELU. The formula of each derivative stands above its op.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { add, mul, sub } from './arithmetic.ts';
import { normal, positive, randomShape } from './examples.ts';
import { adjointOp } from './fused.ts';
import { unaryOp } from './pointwise.ts';

/** tanh′ = 1 − tanh². */
export const tanhOp: Op<NoAttributes> = unaryOp(
  'tanh',
  ({ output }, direction) => mul(direction, sub(1, mul(output, output))),
  (random) => ({ inputs: [normal(random, randomShape(random))], call: (x) => tanh(x!) }),
);

/**
 * (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ), element by element, correct to 2 ulp.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { tanh, tensor } from 'gradsplit/autodiff';
 * tanh(tensor([-1, 0, 1])).readSync(); // → [-0.761594, 0, 0.761594]
 * ```
 */
export function tanh(x: Tensor): Tensor {
  return apply(tanhOp, [x], {});
}

/** σ′ = σ·(1 − σ). */
export const sigmoidOp: Op<NoAttributes> = unaryOp(
  'sigmoid',
  ({ output }, direction) => mul(direction, mul(output, sub(1, output))),
  (random) => ({ inputs: [normal(random, randomShape(random))], call: (x) => sigmoid(x!) }),
);

/**
 * The logistic function 1/(1 + e⁻ˣ), element by element.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { sigmoid, tensor } from 'gradsplit/autodiff';
 * sigmoid(tensor([-2, 0, 2])).readSync(); // → [0.119203, 0.5, 0.880797]
 * ```
 */
export function sigmoid(x: Tensor): Tensor {
  return apply(sigmoidOp, [x], {});
}

/** (x^−½)′ = −½·(x^−½)³. */
export const rsqrtOp: Op<NoAttributes> = unaryOp(
  'rsqrt',
  ({ output }, direction) => mul(direction, mul(mul(output, mul(output, output)), -0.5)),
  (random) => ({ inputs: [positive(random, randomShape(random))], call: (x) => rsqrt(x!) }),
);

/**
 * 1/√x, element by element: Infinity at 0, NaN below 0.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { rsqrt, tensor } from 'gradsplit/autodiff';
 * rsqrt(tensor([0.25, 1, 4])).readSync(); // → [2, 1, 0.5]
 * ```
 */
export function rsqrt(x: Tensor): Tensor {
  return apply(rsqrtOp, [x], {});
}

// gelu x = x·σ(w) with w = a·x + b·x³, a = √(8/π), b = 0.044715·a.
const A = Math.sqrt(8 / Math.PI);
const B = 0.044715 * A;

/** ȳ·gelu′(x) in one kernel. */
const geluAdjoint: Op<NoAttributes> = adjointOp(
  'geluVjp',
  ([x]) => x!,
  (kernels, [x, cotangent], _, out) => kernels.binary('geluVjp', x!.buffer, cotangent!.buffer, out.buffer),
);

/** gelu′ = σ(w) + x·σ(w)·(1 − σ(w))·(a + 3b·x²), in primitives. */
function geluSlope(x: Tensor): Tensor {
  const square = mul(x, x);
  const s = sigmoid(mul(x, add(mul(square, B), A)));
  return add(s, mul(mul(x, mul(s, sub(1, s))), add(mul(square, 3 * B), A)));
}

/** x̄ = ȳ·gelu′(x). */
export const geluOp: Op<NoAttributes> = {
  ...unaryOp(
    'gelu',
    ({ inputs }, direction) => mul(direction, geluSlope(inputs[0]!)),
    (random) => ({ inputs: [normal(random, randomShape(random))], call: (x) => gelu(x!) }),
  ),
  vjp: ({ inputs }, cotangent) => apply(geluAdjoint, [inputs[0]!, cotangent], {}),
  decompose: ([x]) => mul(x!, sigmoid(mul(x!, add(mul(mul(x!, x!), B), A)))),
};

/**
 * The GELU ½x(1 + tanh(√(2/π)(x + 0.044715x³))), element by element, computed as x·σ(√(8/π)(x + 0.044715x³)).
 * Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016 (arXiv:1606.08415), in the form that GPT-2 uses.
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { gelu, tensor } from 'gradsplit/autodiff';
 * gelu(tensor([-1, 0, 1])).readSync(); // → [-0.158808, 0, 0.841192]
 * ```
 */
export function gelu(x: Tensor): Tensor {
  return apply(geluOp, [x], {});
}
