// Layer norm over the last axis, fused: x̂ = (x − μ)·r with r = 1/√(var + ε), y = x̂·γ + β.
import { apply } from '../autodiff/trace/apply.ts';
import type { Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import { type Tensor, zeros } from '../tensor/tensor.ts';
import { rsqrt } from './activations.ts';
import { add, mean, mul, sub } from './arithmetic.ts';
import { checkFloats, checkRank } from './check.ts';
import { drawn, normal, randomShape } from './examples.ts';
import { adjointOp } from './fused.ts';
import { type NormAttributes, normSizes, onesLike, overRows } from './norm.ts';
import { alongLeading, summed } from './passage.ts';
import { stacks } from './stacks.ts';
import { broadcastTo, sum } from './sum.ts';
import { reshape } from './views.ts';

function checkShapes(x: Shape, gamma: Shape, beta: Shape): void {
  checkRank('layerNorm', 1, x);
  const fits = (shape: Shape): boolean => shape.length === 1 && shape[0] === x.at(-1);
  if (!fits(gamma) || !fits(beta)) {
    const found = `gamma ${showShape(gamma)} and beta ${showShape(beta)}`;
    throw new ShapeError(
      `layerNorm: gamma and beta must have the last axis of x ${showShape(x)}, found ${found}`,
    );
  }
}

/** x̂ and r in primitives; both keep the rank of x. */
function normalised(x: Tensor, epsilon: number): { normal: Tensor; scale: Tensor } {
  const centred = sub(x, mean(x, -1, true));
  const scale = rsqrt(add(mean(mul(centred, centred), -1, true), epsilon));
  return { normal: mul(centred, scale), scale };
}

/** From x, gamma and ȳ: x̄ = r·(g − mean g − x̂·mean(g·x̂)) with g = ȳ·γ. */
const inputAdjoint: Op<NormAttributes> = {
  ...adjointOp(
    'layerNormVjp',
    ([x]) => x!,
    (kernels, [x, gamma, cotangent], attributes, out) =>
      kernels.layerNormVjp(
        x!.buffer,
        gamma!.buffer,
        cotangent!.buffer,
        out.buffer,
        normSizes(x!, attributes),
      ),
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
  'layerNormScaleVjp',
  ([x]) => ({ dtype: x!.dtype, shape: x!.shape.slice(-1) }),
  (kernels, [x, cotangent], attributes, out) =>
    kernels.layerNormScaleVjp(x!.buffer, cotangent!.buffer, out.buffer, normSizes(x!, attributes)),
);

/** Rows of a tensor summed: what belongs to gamma or beta. */
function sumRows(x: Tensor): Tensor {
  return sum(reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]), 0);
}

/** x̄ as above, γ̄ = Σ_rows ȳ·x̂, β̄ = Σ_rows ȳ; forward: x̂̇ = r·(ẋ − mean ẋ − x̂·mean(x̂·ẋ)), ẏ = x̂̇·γ + x̂·γ̇ + β̇. */
export const layerNormOp: Op<NormAttributes> = {
  name: 'layerNorm',
  output: ([x, gamma, beta]) => {
    checkFloats('layerNorm', x!, gamma!, beta!);
    checkShapes(x!.shape, gamma!.shape, beta!.shape);
    return x!;
  },
  forward: (kernels, [x, gamma, beta], attributes, out) =>
    kernels.layerNorm(x!.buffer, gamma!.buffer, beta!.buffer, out.buffer, normSizes(x!, attributes)),
  vjp: ({ inputs: [x, gamma], attributes }, cotangent, i) => {
    if (i === 0) return apply(inputAdjoint, [x!, gamma!, cotangent], attributes);
    return i === 1 ? apply(scaleAdjoint, [x!, cotangent], attributes) : sumRows(cotangent);
  },
  passage: (primal, i) => {
    const rows = alongLeading(primal.output.shape, primal.output.shape.length - 1);
    return i === 0 ? rows : summed(primal, rows.count, [0]);
  },
  terms: ({ inputs: [x, gamma, beta], attributes }, cotangent, i) => {
    if (i === 0) return undefined;
    const normed = (): Tensor =>
      apply(layerNormOp, [x!, onesLike(gamma!), zeros(beta!.shape, beta!.dtype)], attributes);
    const terms = i === 1 ? mul(cotangent, normed()) : cotangent;
    return { kind: 'sum', values: reshape(terms, [terms.size / gamma!.size, gamma!.size]) };
  },
  jvp: ({ inputs: [x, gamma], attributes: { epsilon } }, tangent, i) => {
    if (i === 2) return broadcastTo(tangent, x!.shape);
    const { normal, scale } = normalised(x!, epsilon);
    if (i === 1) return mul(normal, tangent);
    const along = sub(tangent, mean(tangent, -1, true));
    const rest = sub(along, mul(normal, mean(mul(normal, tangent), -1, true)));
    return mul(mul(scale, rest), gamma!);
  },
  // A gamma or beta for every example comes after the norm, which is one for all rows.
  batch: ({ op, inputs: [x, gamma, beta], isStack, attributes }) => {
    const rank = x!.shape.length - (isStack[0] ? 1 : 0);
    const affine = isStack[1] || isStack[2];
    if (!affine) return apply(op, [x!, gamma!, beta!], attributes);
    const one = onesLike(gamma!);
    const plain = apply(op, [x!, one, mul(one, 0)], attributes);
    const [scale, shift] = [gamma!, beta!].map((y, i) => (isStack[i + 1] ? overRows(y, rank) : y));
    return add(mul(plain, scale!), shift!);
  },
  decompose: ([x, gamma, beta], { epsilon }) => add(mul(normalised(x!, epsilon).normal, gamma!), beta!),
  example: (random) => {
    // Not over an empty axis, whose mean is NaN.
    const shape = [...randomShape(random, 0, 2), 1 + random.integer(3)];
    const width = shape.slice(-1);
    // Values ±1 and a little noise, so that a row's variance is nowhere near 0 by chance.
    const spread = (): number => (random.uniform() < 0.5 ? -1 : 1) + 0.3 * random.normal();
    return {
      inputs: [drawn(shape, spread), normal(random, width), normal(random, width)],
      // An epsilon large enough to matter.
      call: (x, gamma, beta) => layerNorm(x!, gamma!, beta!, 0.1),
    };
  },
};

/**
 * (x − mean)/√(variance + epsilon)·gamma + beta over the last axis, with the variance Σ(x − mean)²/n.
 * Rows may have any size up to a quarter of the largest number: values and the backward pass scale rows whose squares overflow or
 * underflow. Forward mode, second derivatives and `decompose` are made of primitives, whose squares do not.
 * Source: Ba, Kiros and Hinton, "Layer normalization", 2016 (arXiv:1607.06450).
 * @param x rank ≥ 1
 * @param gamma [last axis of x]
 * @param beta [last axis of x]
 * @throws ShapeError if the shapes do not fit together
 * @example
 * ```ts
 * import { layerNorm, ones, tensor, zeros } from 'gradsplit/autodiff';
 * layerNorm(tensor([[1, 2, 3]]), ones([3]), zeros([3]), 0).readSync(); // → [-1.224745, 0, 1.224745]
 * ```
 */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon = 1e-5): Tensor {
  return apply(layerNormOp, [x, gamma, beta], { epsilon });
}
