// RMS norm over the last axis, fused: x̂ = x·r with r = 1/√(mean x² + ε), y = x̂·γ.
import { apply } from '../autodiff/trace/apply.ts';
import type { Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { rsqrt } from './activations.ts';
import { add, mean, mul, sub } from './arithmetic.ts';
import { checkFloats, checkRank } from './check.ts';
import { drawn, normal, randomShape } from './examples.ts';
import { adjointOp } from './fused.ts';
import { type NormAttributes, normSizes, onesLike, overRows } from './norm.ts';
import { alongLeading, summed } from './passage.ts';
import { stacks } from './stacks.ts';
import { reshape } from './views.ts';

/** r in primitives; it keeps the rank of x. */
function scaleOf(x: Tensor, epsilon: number): Tensor {
  return rsqrt(add(mean(mul(x, x), -1, true), epsilon));
}

/** From x, gamma and ȳ: x̄ = r·(g − x̂·mean(g·x̂)) with g = ȳ·γ. */
const inputAdjoint: Op<NormAttributes> = {
  ...adjointOp(
    'rmsNormVjp',
    ([x]) => x!,
    (kernels, [x, gamma, cotangent], attributes, out) =>
      kernels.rmsNormVjp(x!.buffer, gamma!.buffer, cotangent!.buffer, out.buffer, normSizes(x!, attributes)),
  ),
  // A gamma for every example goes into the cotangent: g = ȳ·γ.
  batch: ({ op, inputs: [x, gamma, cotangent], isStack: [ofX, ofGamma, ofCotangent], attributes, count }) => {
    const along = ofGamma ? mul(cotangent!, overRows(gamma!, x!.shape.length - (ofX ? 1 : 0))) : cotangent!;
    const operands = stacks({ inputs: [x!, along], isStack: [ofX!, ofGamma! || ofCotangent!], count });
    return apply(op, [operands[0]!, ofGamma ? onesLike(gamma!) : gamma!, operands[1]!], attributes);
  },
};

/** From x and ȳ: γ̄ = Σ_rows ȳ·x̂. */
const scaleAdjoint: Op<NormAttributes> = adjointOp(
  'rmsNormScaleVjp',
  ([x]) => ({ dtype: x!.dtype, shape: x!.shape.slice(-1) }),
  (kernels, [x, cotangent], attributes, out) =>
    kernels.rmsNormScaleVjp(x!.buffer, cotangent!.buffer, out.buffer, normSizes(x!, attributes)),
);

/** x̄ as above, γ̄ = Σ_rows ȳ·x̂; forward: x̂̇ = r·(ẋ − x̂·mean(x̂·ẋ)), ẏ = x̂̇·γ + x̂·γ̇. */
export const rmsNormOp: Op<NormAttributes> = {
  name: 'rmsNorm',
  output: ([x, gamma]) => {
    checkFloats('rmsNorm', x!, gamma!);
    checkRank('rmsNorm', 1, x!.shape);
    if (gamma!.shape.length !== 1 || gamma!.shape[0] !== x!.shape.at(-1)) {
      const found = `gamma ${showShape(gamma!.shape)}`;
      throw new ShapeError(
        `rmsNorm: gamma must have the last axis of x ${showShape(x!.shape)}, found ${found}`,
      );
    }
    return x!;
  },
  forward: (kernels, [x, gamma], attributes, out) =>
    kernels.rmsNorm(x!.buffer, gamma!.buffer, out.buffer, normSizes(x!, attributes)),
  vjp: ({ inputs: [x, gamma], attributes }, cotangent, i) =>
    i === 0
      ? apply(inputAdjoint, [x!, gamma!, cotangent], attributes)
      : apply(scaleAdjoint, [x!, cotangent], attributes),
  passage: (primal, i) => {
    const rows = alongLeading(primal.output.shape, primal.output.shape.length - 1);
    return i === 0 ? rows : summed(primal, rows.count, [0]);
  },
  terms: ({ inputs: [x, gamma], attributes }, cotangent, i) => {
    if (i === 0) return undefined;
    const terms = mul(cotangent, apply(rmsNormOp, [x!, onesLike(gamma!)], attributes));
    return { kind: 'sum', values: reshape(terms, [terms.size / gamma!.size, gamma!.size]) };
  },
  jvp: ({ inputs: [x, gamma], attributes: { epsilon } }, tangent, i) => {
    const scale = scaleOf(x!, epsilon);
    const normalised = mul(x!, scale);
    if (i === 1) return mul(normalised, tangent);
    const rest = sub(tangent, mul(normalised, mean(mul(normalised, tangent), -1, true)));
    return mul(mul(scale, rest), gamma!);
  },
  // A gamma for every example comes after the norm, which is one for all rows.
  batch: ({ op, inputs: [x, gamma], isStack, attributes }) => {
    if (!isStack[1]) return apply(op, [x!, gamma!], attributes);
    const rank = x!.shape.length - (isStack[0] ? 1 : 0);
    return mul(apply(op, [x!, onesLike(gamma!)], attributes), overRows(gamma!, rank));
  },
  decompose: ([x, gamma], { epsilon }) => mul(mul(x!, scaleOf(x!, epsilon)), gamma!),
  example: (random) => {
    // Not over an empty axis, whose mean is NaN.
    const shape = [...randomShape(random, 0, 2), 1 + random.integer(3)];
    // Values ±1 and a little noise, so that a row is nowhere near 0 by chance.
    const spread = (): number => (random.uniform() < 0.5 ? -1 : 1) + 0.3 * random.normal();
    return {
      inputs: [drawn(shape, spread), normal(random, shape.slice(-1))],
      // An epsilon large enough to matter.
      call: (x, gamma) => rmsNorm(x!, gamma!, 0.1),
    };
  },
};

/**
 * x/√(mean x² + epsilon)·gamma over the last axis. Rows may have any size up to a quarter of the largest number, as for `layerNorm`.
 * Source: Zhang and Sennrich, "Root mean square layer normalization", 2019 (arXiv:1910.07467).
 * @param x rank ≥ 1
 * @param gamma [last axis of x]
 * @throws ShapeError if the shapes do not fit together
 * @example
 * ```ts
 * import { ones, rmsNorm, tensor } from 'gradsplit/autodiff';
 * rmsNorm(tensor([[3, 4]]), ones([2]), 0).readSync(); // → [0.848528, 1.131371]
 * ```
 */
export function rmsNorm(x: Tensor, gamma: Tensor, epsilon = 1e-6): Tensor {
  return apply(rmsNormOp, [x, gamma], { epsilon });
}
