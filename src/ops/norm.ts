// What the norms of rows share: their sizes, and gains that differ from example to example.
import type { NormSizes } from '../kernels/interface.ts';
import { sizeOf } from '../tensor/shape.ts';
import { ones, type Tensor, type TensorType } from '../tensor/tensor.ts';
import { reshape } from './views.ts';

/** `epsilon`: what is added to the mean of squares. */
export interface NormAttributes {
  readonly epsilon: number;
}

/** Rows of the last axis of x. */
export function normSizes({ shape }: TensorType, { epsilon }: NormAttributes): NormSizes {
  return { rows: sizeOf(shape.slice(0, -1)), columns: shape.at(-1)!, epsilon };
}

/** Ones of the shape [columns] of one example's gamma. */
export function onesLike({ shape, dtype }: TensorType): Tensor {
  return ones(shape.slice(-1), dtype);
}

/** A stack [n, columns] of gammas or betas, to go with examples of `rank` axes: [n, 1, …, 1, columns]. */
export function overRows(x: Tensor, rank: number): Tensor {
  const [count, columns] = x.shape as [number, number];
  return reshape(x, [count, ...new Array<number>(rank - 1).fill(1), columns]);
}
