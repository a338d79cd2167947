// SiLU, the gate of SwiGLU layers.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { sigmoid } from './activations.ts';
import { add, mul, sub } from './arithmetic.ts';
import { normal, randomShape } from './examples.ts';
import { adjointOp } from './fused.ts';
import { unaryOp } from './pointwise.ts';

/** ȳ·silu′(x) in one kernel. */
const siluAdjoint: Op<NoAttributes> = adjointOp(
  'siluVjp',
  ([x]) => x!,
  (kernels, [x, cotangent], _, out) => kernels.binary('siluVjp', x!.buffer, cotangent!.buffer, out.buffer),
);

/** silu′ = σ + x·σ·(1 − σ), in primitives. */
function siluSlope(x: Tensor): Tensor {
  const s = sigmoid(x);
  return add(s, mul(x, mul(s, sub(1, s))));
}

/** x̄ = ȳ·silu′(x). */
export const siluOp: Op<NoAttributes> = {
  ...unaryOp(
    'silu',
    ({ inputs }, direction) => mul(direction, siluSlope(inputs[0]!)),
    (random) => ({ inputs: [normal(random, randomShape(random))], call: (x) => silu(x!) }),
  ),
  vjp: ({ inputs }, cotangent) => apply(siluAdjoint, [inputs[0]!, cotangent], {}),
  decompose: ([x]) => mul(x!, sigmoid(x!)),
};

/**
 * The SiLU x·σ(x), element by element.
 * Source: Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units", 2017 (arXiv:1702.03118); the gate of SwiGLU: Shazeer, 2020
 * (arXiv:2002.05202).
 * @throws InputError if x is i32
 * @example
 * ```ts
 * import { silu, tensor } from 'gradsplit/autodiff';
 * silu(tensor([-1, 0, 1])).readSync(); // → [-0.268941, 0, 0.731059]
 * ```
 */
export function silu(x: Tensor): Tensor {
  return apply(siluOp, [x], {});
}
