// What GPU kernels should give, in float64, and how far they may be off. Sums and products are rounded once each (either way, so
// one unit in the last place instead of half a one). Of exp, log and the quotient GPUs promise less; the bounds are those of the
// WebGPU Shading Language, section 14.6.2: exp (3 + 2·|x|) ulp, log 3 ulp or 2⁻²¹ around 1, x/y 2.5 ulp.
import { strides } from '../../kernels/gpu/products.ts';
import type { MatmulForm, MatmulSizes, RowKernel } from '../../kernels/operands.ts';

/** One unit in the last place of f32, relative; twice the unit roundoff. */
const ULP = 2 ** -23;
/** The smallest normal number of f32: what is smaller may become 0. */
const SMALLEST = 2 ** -126;

/** An element of a right result, and how far a GPU may be off. */
export interface Bounded {
  readonly value: number;
  readonly bound: number;
}

/** Elements of a result by their place in it. */
export type Expected = (at: number) => Bounded;

/** op(A)·op(B) + c[j]. Running error: every partial sum and every product may be off by one ulp of itself. */
export function expectedProduct(
  form: MatmulForm,
  sizes: MatmulSizes,
  [a, b, c]: readonly Float32Array[],
): Expected {
  const { m, n, k } = sizes;
  const { aPlane, aRow, aInner, bPlane, bInner, bColumn } = strides(form, sizes);
  return (at) => {
    const [z, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n];
    let value = c?.[j] ?? 0;
    let running = 0;
    for (let p = 0; p < k; p++) {
      const term = a![z * aPlane + i * aRow + p * aInner]! * b![z * bPlane + p * bInner + j * bColumn]!;
      value += term;
      running += Math.abs(value) + Math.abs(term);
    }
    return { value, bound: ULP * running + (k + 1) * SMALLEST };
  };
}

/** y = x·σ(w), w = √(8/π)·(x + 0.044715·x³), for x that may be off by its bound; |gelu′| < 1.13. */
export function expectedGelu({ value: x, bound }: Bounded): Bounded {
  const w = Math.sqrt(8 / Math.PI) * (x + 0.044715 * x ** 3);
  const sigmoid = 1 / (1 + Math.exp(-w));
  const value = x * sigmoid;
  // w is five roundings away; the error of e^{−w} counts by the share 1 − σ it has in the denominator.
  const ofExp = (3 + 2 * Math.abs(w)) * ULP + 5 * ULP * Math.abs(w);
  const relative = (1 - sigmoid) * ofExp + ULP + 2.5 * ULP + ULP;
  return { value, bound: 1.13 * bound + Math.abs(value) * relative + SMALLEST };
}

/** softmax or logSoftmax of x [rows, columns]. */
export function expectedRow(kernel: RowKernel, x: Float32Array, columns: number): Expected {
  /** Relative error of the computed e^d: that of exp, and d itself is rounded. */
  const ofExp = (d: number): number => (3 + 2 * Math.abs(d) + Math.abs(d)) * ULP;
  const rows = Array.from({ length: x.length / columns }, (_, r) => {
    const row = x.subarray(r * columns, (r + 1) * columns);
    const largest = row.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    let weighted = 0;
    for (const v of row) {
      sum += Math.exp(v - largest);
      weighted += Math.exp(v - largest) * ofExp(v - largest);
    }
    return { largest, sum, ofSum: weighted / sum + columns * ULP };
  });
  return (at) => {
    const { largest, sum, ofSum } = rows[Math.floor(at / columns)]!;
    const d = x[at]! - largest;
    if (kernel === 'softmax') {
      const value = Math.exp(d) / sum;
      return { value, bound: value * (ofExp(d) + ofSum + 2.5 * ULP) + SMALLEST };
    }
    const value = d - Math.log(sum);
    const bound = Math.abs(d) * ULP + ofSum + 3 * ULP * Math.log(sum) + 2 ** -21 + Math.abs(value) * ULP;
    return { value, bound };
  };
}
