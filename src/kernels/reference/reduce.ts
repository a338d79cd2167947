// Reductions over one axis as plain loops. A sum is accumulated in float64 in ascending order and rounded once.
import { checkReduce } from '../checks.ts';
import type { KernelBuffer, ReduceKernel } from '../interface.ts';
import { valuesOf } from './memory.ts';

const reductions: Record<ReduceKernel, { start: number; step: (total: number, x: number) => number }> = {
  sum: { start: 0, step: (total, x) => total + x },
  max: { start: Number.NEGATIVE_INFINITY, step: Math.max },
};

/** x [outer, axis, inner] → out [outer, inner]. */
export function reduce(
  kernel: ReduceKernel,
  x: KernelBuffer,
  out: KernelBuffer,
  outer: number,
  axis: number,
  inner: number,
): void {
  checkReduce(kernel, x, out, outer, axis, inner);
  const { start, step } = reductions[kernel];
  const from = valuesOf(x);
  const to = valuesOf(out);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let total = start;
      for (let a = 0; a < axis; a++) total = step(total, from[(o * axis + a) * inner + i]!);
      to[o * inner + i] = total;
    }
  }
}
