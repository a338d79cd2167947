// Cross-entropy of rows of logits with one target each, and its adjoint, as plain loops in float64.
//   y_r = log Σ e^{d} − d_t with d = x_r − max x_r;   x̄ = ȳ_r·(softmax x_r − 1_t).
import { checkRows, checkTargets, targetError } from '../checks.ts';
import type { KernelBuffer } from '../interface.ts';
import { valuesOf } from './memory.ts';
import { belowMax, rowSums } from './rows.ts';

function targetsWithin(kernel: string, targets: KernelBuffer, columns: number): ArrayLike<number> {
  const at = valuesOf(targets);
  at.forEach((target, r) => {
    if (target < 0 || target >= columns) throw targetError(kernel, r, target, columns);
  });
  return at;
}

/** out[r] = −logSoftmax(x_r)[targets[r]]. */
export function crossEntropy(
  x: KernelBuffer,
  targets: KernelBuffer,
  out: KernelBuffer,
  rows: number,
  columns: number,
): void {
  checkTargets('crossEntropy', x, targets, out, rows, columns);
  const at = targetsWithin('crossEntropy', targets, columns);
  const from = valuesOf(x);
  const to = valuesOf(out);
  for (let r = 0; r < rows; r++) {
    const { max, sum } = rowSums(from, r * columns, columns);
    to[r] = Math.log(sum) - belowMax(from[r * columns + at[r]!]!, max);
  }
}

/** out[r,c] = cotangent[r]·(softmax(x_r)[c] − [c = targets[r]]). */
export function crossEntropyVjp(
  x: KernelBuffer,
  targets: KernelBuffer,
  cotangent: KernelBuffer,
  out: KernelBuffer,
  rows: number,
  columns: number,
): void {
  checkTargets('crossEntropyVjp', x, targets, cotangent, rows, columns);
  checkRows('crossEntropyVjp', x, out, rows, columns, columns);
  const at = targetsWithin('crossEntropyVjp', targets, columns);
  const from = valuesOf(x);
  const along = valuesOf(cotangent);
  const to = valuesOf(out);
  for (let r = 0; r < rows; r++) {
    const start = r * columns;
    const { max, sum } = rowSums(from, start, columns);
    for (let c = 0; c < columns; c++) {
      const p = Math.exp(belowMax(from[start + c]!, max)) / sum;
      to[start + c] = along[r]! * (p - (c === at[r] ? 1 : 0));
    }
  }
}
