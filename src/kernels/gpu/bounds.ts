// What GPU kernels should give, in float64, and how far they may be off. Sums and products are rounded once each (either way, so
// one unit in the last place instead of half a one). Of exp, log and the quotient GPUs promise less; the bounds are those of the
// WebGPU Shading Language, section 14.6.2: exp (3 + 2·|x|) ulp, log 3 ulp or 2⁻²¹ around 1, x/y 2.5 ulp.

import type { MatmulForm, RowKernel } from '../interface.ts';
import type { MatmulSizes } from '../operands.ts';

/** One unit in the last place of f32, relative; twice the unit roundoff. */
const ULP = 2 ** -23;
/** The smallest normal number: what is smaller may become 0. */
const SMALLEST = 2 ** -126;

/** A right result and the error that may be made, element by element. */
export interface Expected {
  readonly values: Float64Array;
  readonly bounds: Float64Array;
}

/** Where A[i, p] and B[p, j] of product z lie. */
function places(form: MatmulForm, { m, n, k }: MatmulSizes, z: number) {
  const [aRow, aInner] = form === 'tn' ? [1, m] : [k, 1];
  const [bInner, bColumn] = form === 'nt' ? [1, k] : [n, 1];
  return {
    a: (i: number, p: number): number => z * m * k + i * aRow + p * aInner,
    b: (p: number, j: number): number => z * k * n + p * bInner + j * bColumn,
  };
}

/** op(A)·op(B) + start[j]. Running error: every partial sum and every product may be off by one ulp of itself. */
export function expectedProduct(
  form: MatmulForm,
  sizes: MatmulSizes,
  a: Float32Array,
  b: Float32Array,
  start?: Float32Array,
): Expected {
  const { batch, m, n, k } = sizes;
  const values = new Float64Array(batch * m * n);
  const bounds = new Float64Array(batch * m * n);
  for (let z = 0; z < batch; z++) {
    const at = places(form, sizes, z);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = start?.[j] ?? 0;
        let running = 0;
        for (let p = 0; p < k; p++) {
          const term = a[at.a(i, p)]! * b[at.b(p, j)]!;
          total += term;
          running += Math.abs(total) + Math.abs(term);
        }
        values[(z * m + i) * n + j] = total;
        bounds[(z * m + i) * n + j] = ULP * running + (k + 1) * SMALLEST;
      }
    }
  }
  return { values, bounds };
}

/** y = x·σ(w), w = √(8/π)·(x + 0.044715·x³), for x that may be off by its bound; |gelu′| < 1.13. */
export function expectedGelu(x: Expected): Expected {
  const values = new Float64Array(x.values.length);
  const bounds = new Float64Array(x.values.length);
  for (let i = 0; i < values.length; i++) {
    const v = x.values[i]!;
    const w = Math.sqrt(8 / Math.PI) * (v + 0.044715 * v ** 3);
    const sigmoid = 1 / (1 + Math.exp(-w));
    values[i] = v * sigmoid;
    // w is five roundings away; the error of e^{−w} counts by the share 1 − σ it has in the denominator.
    const ofExp = (3 + 2 * Math.abs(w)) * ULP + 5 * ULP * Math.abs(w);
    const relative = (1 - sigmoid) * ofExp + ULP + 2.5 * ULP + ULP;
    bounds[i] = 1.13 * x.bounds[i]! + Math.abs(values[i]!) * relative + SMALLEST;
  }
  return { values, bounds };
}

/** softmax or logSoftmax of x [rows, columns]. */
export function expectedRow(kernel: RowKernel, x: Float32Array, rows: number, columns: number): Expected {
  const values = new Float64Array(rows * columns);
  const bounds = new Float64Array(rows * columns);
  /** Relative error of the computed e^d: that of exp, and d itself is rounded. */
  const ofExp = (d: number): number => (3 + 2 * Math.abs(d) + Math.abs(d)) * ULP;
  for (let r = 0; r < rows; r++) {
    const row = x.subarray(r * columns, (r + 1) * columns);
    const largest = row.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    let weighted = 0;
    for (const v of row) {
      sum += Math.exp(v - largest);
      weighted += Math.exp(v - largest) * ofExp(v - largest);
    }
    const ofSum = weighted / sum + columns * ULP;
    for (let c = 0; c < columns; c++) {
      const d = row[c]! - largest;
      const at = r * columns + c;
      const p = Math.exp(d) / sum;
      const log = d - Math.log(sum);
      values[at] = kernel === 'softmax' ? p : log;
      bounds[at] =
        kernel === 'softmax'
          ? p * (ofExp(d) + ofSum + 2.5 * ULP) + SMALLEST
          : Math.abs(d) * ULP + ofSum + 3 * ULP * Math.log(sum) + 2 ** -21 + Math.abs(log) * ULP;
    }
  }
  return { values, bounds };
}
