// Gather and scatter-add of rows as plain loops.
import { checkGather, indexError } from '../checks.ts';
import type { KernelBuffer } from '../interface.ts';
import { valuesOf } from './memory.ts';

function checkIndices(kernel: string, indices: ArrayLike<number>, rows: number): void {
  for (let i = 0; i < indices.length; i++) {
    if (indices[i]! < 0 || indices[i]! >= rows) throw indexError(kernel, i, indices[i]!, rows);
  }
}

/** out[i,:] = x[indices[i],:]. */
export function gather(x: KernelBuffer, indices: KernelBuffer, out: KernelBuffer, width: number): void {
  const rows = checkGather('gather', x, indices, out, width);
  if (width === 0) return;
  const at = valuesOf(indices);
  checkIndices('gather', at, rows);
  const from = valuesOf(x);
  const to = valuesOf(out);
  for (let i = 0; i < at.length; i++) {
    for (let c = 0; c < width; c++) to[i * width + c] = from[at[i]! * width + c]!;
  }
}

/** out[indices[i],:] += updates[i,:] in ascending order of i. */
export function scatterAdd(
  updates: KernelBuffer,
  indices: KernelBuffer,
  out: KernelBuffer,
  width: number,
): void {
  const rows = checkGather('scatterAdd', out, indices, updates, width);
  if (width === 0) return;
  const at = valuesOf(indices);
  checkIndices('scatterAdd', at, rows);
  const from = valuesOf(updates);
  const to = valuesOf(out);
  for (let i = 0; i < at.length; i++) {
    for (let c = 0; c < width; c++) to[at[i]! * width + c]! += from[i * width + c]!;
  }
}
