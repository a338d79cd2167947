// Batched matrix products as plain loops. Terms are added in float64 in ascending k, and the sum is rounded once.
import { checkLinear, checkLinearAdd, checkMatmul } from '../checks.ts';
import type { KernelBuffer, LinearSizes, MatmulForm, MatmulSizes } from '../interface.ts';
import { valuesOf } from './memory.ts';

/** out[b] = op(A[b]) · op(B[b]). */
export function matmul(
  form: MatmulForm,
  a: KernelBuffer,
  b: KernelBuffer,
  out: KernelBuffer,
  sizes: MatmulSizes,
): void {
  checkMatmul(form, a, b, out, sizes);
  const { batch, m, n, k } = sizes;
  const [aRow, aInner] = form === 'tn' ? [1, m] : [k, 1];
  const [bInner, bColumn] = form === 'nt' ? [1, k] : [n, 1];
  const left = valuesOf(a);
  const right = valuesOf(b);
  const to = valuesOf(out);
  for (let s = 0; s < batch; s++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        const at = (s * m + i) * n + j;
        let total = 0;
        for (let p = 0; p < k; p++) {
          total += left[s * m * k + i * aRow + p * aInner]! * right[s * k * n + p * bInner + j * bColumn]!;
        }
        to[at] = total;
      }
    }
  }
}

/** out = x·weight + bias. */
export function linear(
  x: KernelBuffer,
  weight: KernelBuffer,
  bias: KernelBuffer,
  out: KernelBuffer,
  sizes: LinearSizes,
): void {
  checkLinear(x, weight, bias, out, sizes);
  affine(x, weight, bias, undefined, out, sizes);
}

/** out = residual + x·weight + bias. */
export function linearAdd(
  x: KernelBuffer,
  weight: KernelBuffer,
  bias: KernelBuffer,
  residual: KernelBuffer,
  out: KernelBuffer,
  sizes: LinearSizes,
): void {
  checkLinearAdd(x, weight, bias, residual, out, sizes);
  affine(x, weight, bias, residual, out, sizes);
}

function affine(
  x: KernelBuffer,
  weight: KernelBuffer,
  bias: KernelBuffer,
  residual: KernelBuffer | undefined,
  out: KernelBuffer,
  { m, n, k }: LinearSizes,
): void {
  const [rows, columns, start, to] = [x, weight, bias, out].map(valuesOf);
  const added = residual && valuesOf(residual);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let total = start![j]!;
      if (added !== undefined) total += added[i * n + j]!;
      for (let p = 0; p < k; p++) total += rows![i * k + p]! * columns![p * n + j]!;
      to![i * n + j] = total;
    }
  }
}
