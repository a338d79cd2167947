// Matrix products in three forms, so that no derivative copies a transpose: each form's vjp is made of the other forms.

import { apply } from '../autodiff/trace/apply.ts';
import type { Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import type { MatmulForm } from '../kernels/interface.ts';
import { broadcastShapes, type Shape, sameShape, sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkFloats, checkRank } from './check.ts';
import { broadcastingShapes, normal, randomShape } from './examples.ts';
import { alongLeading } from './passage.ts';
import { broadcastTo } from './sum.ts';
import { reshape } from './views.ts';

/** nn: A·B, tn: Aᵀ·B, nt: A·Bᵀ, on the last two axes. */
export interface MatmulAttributes {
  readonly form: MatmulForm;
}

const names: Record<MatmulForm, string> = { nn: 'matmul', tn: 'matmulTN', nt: 'matmulNT' };

function mismatch(name: string, a: Shape, b: Shape): ShapeError {
  return new ShapeError(`${name}: shapes ${showShape(a)} and ${showShape(b)} do not multiply`);
}

/** Sizes of one product; the batch axes are not looked at. */
function sizesOf(form: MatmulForm, a: Shape, b: Shape): { m: number; n: number; k: number } {
  const name = names[form];
  checkRank(name, 2, a);
  checkRank(name, 2, b);
  const [aRows, aColumns] = a.slice(-2) as [number, number];
  const [bRows, bColumns] = b.slice(-2) as [number, number];
  const [m, k] = form === 'tn' ? [aColumns, aRows] : [aRows, aColumns];
  const [n, inner] = form === 'nt' ? [bRows, bColumns] : [bColumns, bRows];
  if (k !== inner) throw mismatch(name, a, b);
  return { m, n, k };
}

/** C = A·B: Ċ = Ȧ·B + A·Ḃ, Ā = C̄·Bᵀ, B̄ = Aᵀ·C̄; likewise with a transposed factor. */
export const matmulOp: Op<MatmulAttributes> = {
  name: 'matmul',
  output: ([a, b], { form }) => {
    checkFloats(names[form], a!, b!);
    const { m, n } = sizesOf(form, a!.shape, b!.shape);
    if (!sameShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2)))
      throw mismatch(names[form], a!.shape, b!.shape);
    return { dtype: a!.dtype, shape: [...a!.shape.slice(0, -2), m, n] };
  },
  forward: (kernels, [a, b], { form }, out) => {
    const sizes = { batch: sizeOf(out.shape.slice(0, -2)), ...sizesOf(form, a!.shape, b!.shape) };
    kernels.matmul(form, a!.buffer, b!.buffer, out.buffer, sizes);
  },
  // nn: Ā = C̄·Bᵀ, B̄ = Aᵀ·C̄    tn: Ā = B·C̄ᵀ, B̄ = A·C̄    nt: Ā = C̄·B, B̄ = C̄ᵀ·A
  vjp: ({ inputs, attributes }, c, i) => {
    const [a, b] = inputs as [Tensor, Tensor];
    switch (attributes.form) {
      case 'nn':
        return i === 0 ? matmulNT(c, b) : matmulTN(a, c);
      case 'tn':
        return i === 0 ? matmulNT(b, c) : matmul(a, c);
      case 'nt':
        return i === 0 ? matmul(c, b) : matmulTN(c, a);
    }
  },
  // Rows of C are rows of A (nn, nt); a factor that all rows share adds them up; batches stay apart in any case.
  passage: ({ output: { shape }, attributes: { form } }, i) => {
    if (form !== 'tn' && i === 0) return alongLeading(shape, shape.length - 1);
    const isShared = sizeOf(shape.slice(0, -2)) === 1;
    if (form === 'tn' || !isShared) return alongLeading(shape, shape.length - 2);
    return { kind: 'sum', count: shape.at(-2)!, carriers: [0] };
  },
  // Of a factor that all rows share.
  terms: ({ inputs: [a], output: { shape }, attributes: { form } }, c, i) => {
    if (form === 'tn' || i === 0 || sizeOf(shape.slice(0, -2)) !== 1) return undefined;
    const [rows, columns] = [a!, c].map((x) => reshape(x, x.shape.slice(-2)));
    return form === 'nn'
      ? { kind: 'outer', left: rows!, right: columns! }
      : { kind: 'outer', left: columns!, right: rows! };
  },
  // Bilinear: Ċ = Ȧ·B + A·Ḃ
  jvp: ({ inputs, attributes }, tangent, i) =>
    apply(matmulOp, i === 0 ? [tangent, inputs[1]!] : [inputs[0]!, tangent], attributes),
  // The stacking axis is one more batch axis, along which a factor that is the same for every example repeats.
  batch: ({ inputs: [a, b], attributes: { form } }) => product(form, a!, b!),
  example: (random) => {
    const [batchA, batchB] = broadcastingShapes(random, 2);
    const [m, n, k] = randomShape(random, 3) as [number, number, number];
    const form = (['nn', 'tn', 'nt'] as const)[random.integer(3)]!;
    const a = normal(random, [...batchA, ...(form === 'tn' ? [k, m] : [m, k])]);
    const b = normal(random, [...batchB, ...(form === 'nt' ? [n, k] : [k, n])]);
    const call = { nn: matmul, tn: matmulTN, nt: matmulNT }[form];
    return { inputs: [a, b], call: (x, y) => call(x!, y!) };
  },
};

/**
 * Batch axes broadcast. Where B is a single matrix the rows of all A's are those of one tall matrix: nothing is repeated.
 */
function product(form: MatmulForm, a: Tensor, b: Tensor): Tensor {
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (sameShape(aBatch, bBatch)) return apply(matmulOp, [a, b], { form });
  const { n, k } = sizesOf(form, a.shape, b.shape);
  if (bBatch.length === 0 && form !== 'tn') {
    const rows = a.shape.slice(0, -1);
    const tall = apply(matmulOp, [reshape(a, [sizeOf(rows), k]), b], { form });
    return reshape(tall, [...rows, n]);
  }
  const batch = commonBatch(form, a.shape, b.shape);
  const repeated = [a, b].map((x) => broadcastTo(x, [...batch, ...x.shape.slice(-2)]));
  return apply(matmulOp, repeated, { form });
}

function commonBatch(form: MatmulForm, a: Shape, b: Shape): number[] {
  try {
    return broadcastShapes(names[form], a.slice(0, -2), b.slice(0, -2));
  } catch {
    throw mismatch(names[form], a, b);
  }
}

/**
 * The matrix product A·B on the last two axes: [..., m, k] and [..., k, n] give [..., m, n]. Leading axes broadcast.
 * @throws ShapeError if the shapes do not multiply
 * @example
 * ```ts
 * import { matmul, tensor } from 'gradsplit/autodiff';
 * matmul(tensor([[1, 2], [3, 4]]), tensor([[5], [6]])).readSync(); // → [17, 39]
 * ```
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return product('nn', a, b);
}

/**
 * Aᵀ·B without a copy: [..., k, m] and [..., k, n] give [..., m, n]. Leading axes broadcast.
 * @throws ShapeError if the shapes do not multiply
 * @example
 * ```ts
 * import { matmulTN, tensor } from 'gradsplit/autodiff';
 * matmulTN(tensor([[1, 2], [3, 4]]), tensor([[5], [6]])).readSync(); // → [23, 34]
 * ```
 */
export function matmulTN(a: Tensor, b: Tensor): Tensor {
  return product('tn', a, b);
}

/**
 * A·Bᵀ without a copy: [..., m, k] and [..., n, k] give [..., m, n]. Leading axes broadcast.
 * @throws ShapeError if the shapes do not multiply
 * @example
 * ```ts
 * import { matmulNT, tensor } from 'gradsplit/autodiff';
 * matmulNT(tensor([[1, 2], [3, 4]]), tensor([[5, 6]])).readSync(); // → [17, 39]
 * ```
 */
export function matmulNT(a: Tensor, b: Tensor): Tensor {
  return product('nt', a, b);
}
