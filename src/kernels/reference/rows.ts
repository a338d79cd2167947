// Softmax, log-softmax and log-sum-exp of rows as plain loops in float64, rounded once when stored.
// Let M be the row's maximum and d_c = x_c − M (0 where x_c = M, so that infinite maxima share the mass equally):
//   softmax_c = e^{d_c} / Σ e^d,   logSoftmax_c = d_c − log Σ e^d,   logSumExp = M + log Σ e^d.
import { checkRows } from '../checks.ts';
import type { KernelBuffer, RowKernel } from '../interface.ts';
import { valuesOf } from './memory.ts';

/** M and Σ e^{x_c − M} of one row. */
export function rowSums(
  values: ArrayLike<number>,
  start: number,
  columns: number,
): { max: number; sum: number } {
  let max = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < columns; c++) max = Math.max(max, values[start + c]!);
  let sum = 0;
  for (let c = 0; c < columns; c++) sum += Math.exp(belowMax(values[start + c]!, max));
  return { max, sum };
}

/** x − M, but 0 where x = M, even if both are infinite. */
export function belowMax(x: number, max: number): number {
  return x === max ? 0 : x - max;
}

/** x, out: [rows, columns]. */
export function row(
  kernel: RowKernel,
  x: KernelBuffer,
  out: KernelBuffer,
  rows: number,
  columns: number,
): void {
  checkRows(kernel, x, out, rows, columns, columns);
  const from = valuesOf(x);
  const to = valuesOf(out);
  for (let start = 0; start < rows * columns; start += columns) {
    const { max, sum } = rowSums(from, start, columns);
    const logSum = Math.log(sum);
    for (let c = start; c < start + columns; c++) {
      const d = belowMax(from[c]!, max);
      to[c] = kernel === 'softmax' ? Math.exp(d) / sum : d - logSum;
    }
  }
}

/** out = p∘(v − Σ p·v) in every row. */
export function softmaxAlong(
  p: KernelBuffer,
  v: KernelBuffer,
  out: KernelBuffer,
  rows: number,
  columns: number,
): void {
  checkRows('softmaxAlong', p, out, rows, columns, columns);
  checkRows('softmaxAlong', v, out, rows, columns, columns);
  const [weights, along, to] = [p, v, out].map(valuesOf);
  for (let start = 0; start < rows * columns; start += columns) {
    let mean = 0;
    for (let c = start; c < start + columns; c++) mean += weights![c]! * along![c]!;
    for (let c = start; c < start + columns; c++) to![c] = weights![c]! * (along![c]! - mean);
  }
}

/** out[r] = log Σ_c exp(x[r,c]). */
export function logSumExp(x: KernelBuffer, out: KernelBuffer, rows: number, columns: number): void {
  checkRows('logSumExp', x, out, rows, columns, 1);
  const from = valuesOf(x);
  const to = valuesOf(out);
  for (let r = 0; r < rows; r++) {
    const { max, sum } = rowSums(from, r * columns, columns);
    to[r] = max + Math.log(sum);
  }
}
