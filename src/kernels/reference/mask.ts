// A constant above the diagonal of square matrices.
import { checkRows } from '../checks.ts';
import type { KernelBuffer } from '../interface.ts';
import { valuesOf } from './memory.ts';

/** out = x, with `value` wherever the column is larger than the row. */
export function maskAbove(
  x: KernelBuffer,
  out: KernelBuffer,
  planes: number,
  side: number,
  value: number,
): void {
  checkRows('maskAbove', x, out, planes * side, side, side);
  const from = valuesOf(x);
  const to = valuesOf(out);
  for (let i = 0; i < from.length; i++) to[i] = i % side > Math.floor(i / side) % side ? value : from[i]!;
}
