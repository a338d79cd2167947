// The rows of a label out of tensors that carry rows, scaled, and put back among rows of zeros.
import { registry } from '../../../ops/registry.ts';
import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { indices, type Tensor, tensor } from '../../../tensor/tensor.ts';
import { apply } from '../../trace/apply.ts';
import type { Primal } from '../../trace/op.ts';
import type { RowsOfLabel } from './labelRows.ts';
import type { RowSet } from './rowSet.ts';

function reshaped(x: Tensor, shape: Shape): Tensor {
  return apply(registry.reshape, [x], { shape });
}

/** x as a matrix of so many rows. */
function asMatrix(x: Tensor, count: number): Tensor {
  return reshaped(x, [count, x.size / count]);
}

/** The rows of x as a matrix [rows, size/count]. */
function gathered(x: Tensor, set: RowSet): Tensor {
  const matrix = asMatrix(x, set.count);
  if (set.isAll) return matrix;
  if (x.dtype !== 'i32') return apply(registry.gather, [matrix, indices(set.indices)], {});
  // No kernel gathers integers.
  const values = x.readSync();
  const width = matrix.shape[1]!;
  const taken = new Int32Array(set.indices.length * width);
  for (const [i, row] of set.indices.entries()) {
    taken.set(values.subarray(row * width, (row + 1) * width) as Int32Array, i * width);
  }
  return tensor(taken, { shape: [set.indices.length, width], dtype: 'i32' });
}

/** The matrix with row i multiplied by factor i. */
function scaled(matrix: Tensor, factors: Float64Array | undefined): Tensor {
  if (factors === undefined) return matrix;
  const column = tensor(factors, { shape: [factors.length, 1], dtype: matrix.dtype });
  const repeated = apply(registry.broadcastTo, [column], { shape: matrix.shape });
  return apply(registry.mul, [matrix, repeated], {});
}

/** The leading axes, which make up `before` rows, become 1, …, 1, after; the others stay. */
function withRows(shape: Shape, before: number, after: number): number[] {
  let axes = 0;
  while (axes < shape.length && sizeOf(shape.slice(0, axes)) !== before) axes++;
  return [...new Array<number>(Math.max(0, axes - 1)).fill(1), after, ...shape.slice(axes)];
}

/**
 * What a label has of a tensor of `count` rows: those that lie in its own rows, times their factors if any are given.
 * x itself where that is all of it.
 * @param count a multiple of `rows.count`
 */
export function takeRows(x: Tensor, count: number, { rows: set, factors }: RowsOfLabel): Tensor {
  if (set.isAll && factors === undefined) return x;
  const taken = scaled(gathered(x, set), factors);
  return reshaped(
    taken,
    set.isAll ? x.shape : withRows(x.shape, count, (set.indices.length * count) / set.count),
  );
}

/** Rows among rows of zeros, as a tensor of this shape; themselves where they are all. */
export function putRows(taken: Tensor, set: RowSet, shape: Shape): Tensor {
  if (set.isAll) return reshaped(taken, shape);
  const matrix = asMatrix(taken, set.indices.length);
  return reshaped(apply(registry.scatterAdd, [matrix, indices(set.indices)], { rows: set.count }), shape);
}

/** diag(s)·cotangent: a label's part of the common cotangent, zero outside its rows; undefined if it has none. */
export function partOf(cotangent: Tensor, { rows: set, factors }: RowsOfLabel): Tensor | undefined {
  if (set.isEmpty) return undefined;
  if (set.isAll && factors === undefined) return cotangent;
  return putRows(scaled(gathered(cotangent, set), factors), set, cotangent.shape);
}

/** The application with the carriers, which have `count` rows, cut down to a set of them. */
export function restricted(
  { inputs, output, attributes }: Primal<unknown>,
  carriers: readonly number[],
  count: number,
  rows: RowSet,
): Primal<unknown> {
  const taken = inputs.map((x, i) =>
    carriers.includes(i) ? takeRows(x, count, { rows, factors: undefined }) : x,
  );
  return { inputs: taken, output, attributes };
}
