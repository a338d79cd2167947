// The rows of a label out of tensors that carry rows, scaled, and put back among rows of zeros.
import { registry } from '../../ops/registry.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { indices, type Tensor, tensor } from '../../tensor/tensor.ts';
import { apply } from '../trace/apply.ts';
import type { Primal } from '../trace/op.ts';
import type { LabelRows, RowsOfLabel } from './labelRows.ts';

function reshaped(x: Tensor, shape: Shape): Tensor {
  return apply(registry.reshape, [x], { shape });
}

/** x as a matrix of so many rows. */
function asMatrix(x: Tensor, count: number): Tensor {
  return reshaped(x, [count, x.size / count]);
}

/** The rows as a matrix [rows, size/count]. */
function gathered(x: Tensor, rows: Int32Array, count: number): Tensor {
  const matrix = asMatrix(x, count);
  if (rows.length === count) return matrix;
  if (x.dtype !== 'i32') return apply(registry.gather, [matrix, indices(rows)], {});
  // No kernel gathers integers.
  const values = x.readSync();
  const width = matrix.shape[1]!;
  const taken = new Int32Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    taken.set(values.subarray(row * width, (row + 1) * width) as Int32Array, i * width);
  }
  return tensor(taken, { shape: [rows.length, width], dtype: 'i32' });
}

/** The matrix with row i multiplied by factor i. */
function scaled(matrix: Tensor, factors: Float64Array | undefined): Tensor {
  if (factors === undefined) return matrix;
  const column = tensor(factors, { shape: [factors.length, 1], dtype: matrix.dtype });
  const repeated = apply(registry.broadcastTo, [column], { shape: matrix.shape });
  return apply(registry.mul, [matrix, repeated], {});
}

/** The leading axes become 1, …, 1, units; the others stay. */
function withUnits(shape: Shape, before: number, units: number): number[] {
  let axes = 0;
  while (axes < shape.length && sizeOf(shape.slice(0, axes)) !== before) axes++;
  return [...new Array<number>(Math.max(0, axes - 1)).fill(1), units, ...shape.slice(axes)];
}

/**
 * What a label has of a tensor of `units` units: those units that lie in its rows, times their factors if any are given.
 * x itself where that is all of it.
 * @param count the number of rows, a divisor of `units`
 */
export function takeRows(x: Tensor, units: number, count: number, { rows, factors }: RowsOfLabel): Tensor {
  const isWhole = rows.length === count;
  if (isWhole && factors === undefined) return x;
  const taken = scaled(gathered(x, rows, count), factors);
  return reshaped(taken, isWhole ? x.shape : withUnits(x.shape, units, (rows.length * units) / count));
}

/** Rows among rows of zeros, as a tensor of this shape; themselves where they are all. */
export function putRows(taken: Tensor, count: number, rows: Int32Array, shape: Shape): Tensor {
  if (rows.length === count) return reshaped(taken, shape);
  const matrix = asMatrix(taken, rows.length);
  return reshaped(apply(registry.scatterAdd, [matrix, indices(rows)], { rows: count }), shape);
}

/** diag(s_l)·cotangent: the cotangent of one label, with zeros outside its rows; undefined if it has none. */
export function cotangentOf(
  { cotangent, rows: { count, labels } }: { cotangent: Tensor; rows: LabelRows },
  label: number,
): Tensor | undefined {
  const { rows, factors } = labels[label]!;
  if (rows.length === 0) return undefined;
  if (rows.length === count && factors === undefined) return cotangent;
  const taken = scaled(gathered(cotangent, rows, count), factors);
  return putRows(taken, count, rows, cotangent.shape);
}

/** The application with the carriers cut down to some rows. */
export function restricted(
  { inputs, output, attributes }: Primal<unknown>,
  carriers: readonly number[],
  units: number,
  count: number,
  rows: Int32Array,
): Primal<unknown> {
  const taken = inputs.map((x, j) =>
    carriers.includes(j) ? takeRows(x, units, count, { rows, factors: undefined }) : x,
  );
  return { inputs: taken, output, attributes };
}
