// Strided reads and writes as a plain walk over all index tuples.
import { checkStrided } from '../checks.ts';
import type { KernelBuffer } from '../interface.ts';
import { valuesOf } from './memory.ts';

/** Calls `visit(position in the dense array, offset in the strided one)` in row-major order. */
function walk(
  count: number,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  visit: (dense: number, strided: number) => void,
): void {
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < count; i++) {
    visit(i, at);
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d]!;
      index[d]!++;
      if (index[d]! < shape[d]!) break;
      at -= shape[d]! * strides[d]!;
      index[d] = 0;
    }
  }
}

/** out[i…] = x[offset + Σ_d i_d·strides_d]. */
export function gatherStrided(
  x: KernelBuffer,
  out: KernelBuffer,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): void {
  checkStrided('gatherStrided', out, x, shape, strides, offset);
  const from = valuesOf(x);
  const to = valuesOf(out);
  walk(out.length, shape, strides, offset, (dense, at) => {
    to[dense] = from[at]!;
  });
}

/** out[offset + Σ_d i_d·strides_d] = x[i…]. */
export function scatterStrided(
  x: KernelBuffer,
  out: KernelBuffer,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): void {
  checkStrided('scatterStrided', x, out, shape, strides, offset);
  const from = valuesOf(x);
  const to = valuesOf(out);
  walk(x.length, shape, strides, offset, (dense, at) => {
    to[at] = from[dense]!;
  });
}
