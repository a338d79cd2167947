// Matrix products in three forms, so that no derivative copies a transpose: each form's vjp is made of the other forms.

import { apply } from '../autodiff/apply.ts';
import type { Op } from '../autodiff/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import type { MatmulForm } from '../kernels/interface.ts';
import { type Shape, sameShape, sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkFloats, checkRank } from './check.ts';
import { normal, randomShape } from './examples.ts';

/** nn: A·B, tn: Aᵀ·B, nt: A·Bᵀ, on the last two axes. */
export interface MatmulAttributes {
  readonly form: MatmulForm;
}

const names: Record<MatmulForm, string> = { nn: 'matmul', tn: 'matmulTN', nt: 'matmulNT' };

function sizesOf(form: MatmulForm, a: Shape, b: Shape): { batch: number; m: number; n: number; k: number } {
  const name = names[form];
  checkRank(name, 2, a);
  checkRank(name, 2, b);
  const [aRows, aColumns] = a.slice(-2) as [number, number];
  const [bRows, bColumns] = b.slice(-2) as [number, number];
  const [m, k] = form === 'tn' ? [aColumns, aRows] : [aRows, aColumns];
  const [n, inner] = form === 'nt' ? [bRows, bColumns] : [bColumns, bRows];
  if (k !== inner || !sameShape(a.slice(0, -2), b.slice(0, -2))) {
    throw new ShapeError(`${name}: shapes ${showShape(a)} and ${showShape(b)} do not multiply`);
  }
  return { batch: sizeOf(a.slice(0, -2)), m, n, k };
}

/** C = A·B: Ċ = Ȧ·B + A·Ḃ, Ā = C̄·Bᵀ, B̄ = Aᵀ·C̄; likewise with a transposed factor. */
export const matmulOp: Op<MatmulAttributes> = {
  name: 'matmul',
  output: ([a, b], { form }) => {
    checkFloats(names[form], a!, b!);
    const { m, n } = sizesOf(form, a!.shape, b!.shape);
    return { dtype: a!.dtype, shape: [...a!.shape.slice(0, -2), m, n] };
  },
  forward: (kernels, [a, b], { form }, out) => {
    const sizes = sizesOf(form, a!.shape, b!.shape);
    kernels.matmul(form, a!.buffer, b!.buffer, out.buffer, sizes, false);
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
  // Bilinear: Ċ = Ȧ·B + A·Ḃ
  jvp: ({ inputs, attributes }, tangent, i) =>
    apply(matmulOp, i === 0 ? [tangent, inputs[1]!] : [inputs[0]!, tangent], attributes),
  example: (random) => {
    const batch = randomShape(random, 0, 1);
    const [m, n, k] = randomShape(random, 3) as [number, number, number];
    const form = (['nn', 'tn', 'nt'] as const)[random.integer(3)]!;
    const a = normal(random, [...batch, ...(form === 'tn' ? [k, m] : [m, k])]);
    const b = normal(random, [...batch, ...(form === 'nt' ? [n, k] : [k, n])]);
    const call = { nn: matmul, tn: matmulTN, nt: matmulNT }[form];
    return { inputs: [a, b], call: (x, y) => call(x!, y!) };
  },
};

/**
 * A·B on the last two axes: [..., m, k] and [..., k, n] give [..., m, n]; leading axes must be equal.
 * @throws ShapeError if the shapes do not multiply
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return apply(matmulOp, [a, b], { form: 'nn' });
}

/** Aᵀ·B without a copy: [..., k, m] and [..., k, n] give [..., m, n]. */
export function matmulTN(a: Tensor, b: Tensor): Tensor {
  return apply(matmulOp, [a, b], { form: 'tn' });
}

/** A·Bᵀ without a copy: [..., m, k] and [..., n, k] give [..., m, n]. */
export function matmulNT(a: Tensor, b: Tensor): Tensor {
  return apply(matmulOp, [a, b], { form: 'nt' });
}
