// The affine map of a layer, fused: y = x·W + b, row by row.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op, Primal, RowPassage, RowTerms } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import type { Tensor, TensorType } from '../tensor/tensor.ts';
import { add } from './arithmetic.ts';
import { checkFloats } from './check.ts';
import { normal, randomShape } from './examples.ts';
import { matmul, matmulNT, matmulTN } from './matmul.ts';
import { alongLeading, summed } from './passage.ts';
import { broadcastTo, sum } from './sum.ts';
import { reshape } from './views.ts';

/** The last axis of x, W and b against each other. */
function checkShapes(x: Shape, weight: Shape, bias: Shape): void {
  const fits = weight.length === 2 && bias.length === 1 && x.length > 1;
  if (fits && x.at(-1) === weight[0] && weight[1] === bias[0]) return;
  const found = `x ${showShape(x)}, weight ${showShape(weight)} and bias ${showShape(bias)}`;
  throw new ShapeError(`linear: expected x [..., m, k], weight [k, n] and bias [n], found ${found}`);
}

/** A tensor as a matrix of its last axis. */
function asRows(x: Tensor): Tensor {
  return x.shape.length === 2 ? x : reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);
}

/** x̄ = ȳ·Wᵀ, W̄ = xᵀ·ȳ, b̄ = Σ_rows ȳ. */
export function linearVjp(
  { inputs: [x, weight] }: Primal<NoAttributes>,
  cotangent: Tensor,
  i: number,
): Tensor {
  if (i === 0) return matmulNT(cotangent, weight!);
  return i === 1 ? matmulTN(asRows(x!), asRows(cotangent)) : sum(asRows(cotangent), 0);
}

/** The rows that are added up in W̄ and b̄. */
export function linearTerms(
  { inputs: [x] }: Primal<NoAttributes>,
  cotangent: Tensor,
  i: number,
): RowTerms | undefined {
  if (i === 0) return undefined;
  const right = asRows(cotangent);
  return i === 1 ? { kind: 'outer', left: asRows(x!), right } : { kind: 'sum', values: right };
}

/** ẏ = ẋ·W + x·Ẇ + ḃ. */
export function linearJvp(
  { inputs: [x, weight], output }: Primal<NoAttributes>,
  tangent: Tensor,
  i: number,
): Tensor {
  if (i === 2) return broadcastTo(tangent, output.shape);
  return i === 0 ? matmul(tangent, weight!) : matmul(x!, tangent);
}

/** A row of x makes one of y; weight and bias are summed over rows. */
export function linearRows(primal: Primal<NoAttributes>, i: number): RowPassage | undefined {
  const rows = alongLeading(primal.output.shape, primal.output.shape.length - 1);
  return i === 0 ? { ...rows, carriers: [] } : summed(primal, rows.count, [0]);
}

/**
 * The type and shape of x·weight + bias.
 * @throws ShapeError if these do not fit together
 */
export function linearOutput([x, weight, bias]: readonly TensorType[]): TensorType {
  checkFloats('linear', x!, weight!, bias!);
  checkShapes(x!.shape, weight!.shape, bias!.shape);
  return { dtype: x!.dtype, shape: [...x!.shape.slice(0, -1), bias!.shape[0]!] };
}

/** m, n, k of the product of x's rows with a weight [k, n]. */
export function linearSizes({ shape }: Tensor, weight: Tensor): Record<'m' | 'n' | 'k', number> {
  const [k, n] = weight.shape as [number, number];
  return { m: sizeOf(shape.slice(0, -1)), n, k };
}

/** y = x·W + b. */
export const linearOp: Op<NoAttributes> = {
  name: 'linear',
  output: linearOutput,
  forward: (kernels, [x, weight, bias], _, out) => {
    kernels.linear(x!.buffer, weight!.buffer, bias!.buffer, out.buffer, linearSizes(x!, weight!));
  },
  vjp: linearVjp,
  passage: linearRows,
  terms: linearTerms,
  jvp: linearJvp,
  // A weight or bias for every example: a product and a sum of its own.
  batch: ({ op, inputs: [x, weight, bias], isStack, attributes }) => {
    if (!isStack[1] && !isStack[2]) return apply(op, [x!, weight!, bias!], attributes);
    const rank = x!.shape.length - (isStack[0] ? 1 : 0);
    const own = (y: Tensor, i: number, axes: number): Tensor => {
      const [count, ...shape] = y.shape as [number, ...number[]];
      return isStack[i] ? reshape(y, [count, ...new Array<number>(rank - axes).fill(1), ...shape]) : y;
    };
    return add(matmul(x!, own(weight!, 1, 2)), own(bias!, 2, 1));
  },
  example: (random) => {
    const [m, k, n] = [randomShape(random, 1, 2), ...randomShape(random, 2, 2)] as [number[], number, number];
    return {
      inputs: [normal(random, [...m, k]), normal(random, [k, n]), normal(random, [n])],
      call: (x, weight, bias) => linear(x!, weight!, bias!),
    };
  },
};

/**
 * The affine map x·weight + bias on the last axis. Each element starts from the bias and adds its terms in ascending k.
 * @param x [..., m, k]
 * @param weight [k, n]
 * @param bias [n]
 * @returns [..., m, n]
 * @throws ShapeError if the shapes do not fit together
 * @example
 * ```ts
 * import { linear, tensor } from 'gradsplit/autodiff';
 * linear(tensor([[1, 2]]), tensor([[1, 0], [0, 1]]), tensor([10, 20])).readSync(); // → [11, 22]
 * ```
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  return apply(linearOp, [x, weight, bias], {});
}
