// The affine map x·W + b against the plain loops, and to the bit against products that have the bias among their terms.
import { describe, expect, it } from 'vitest';
import type { FloatType } from '../../src/kernels/index.ts';
import {
  cycled,
  expectSameBits,
  expectWithin,
  floatTypes,
  noise,
  onBoth,
  sizes,
  special,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

type Values = readonly [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];

function both(dtype: FloatType, values: Values, m: number, n: number, k: number) {
  return onBoth((kernels, put) => {
    const [x, weight, bias] = values.map((list) => put(dtype, list));
    const out = put(dtype, new Float64Array(m * n));
    kernels.linear(x!, weight!, bias!, out, { m, n, k });
    return out;
  });
}

/** Rows of x with other numbers before each. */
function besideRows(rows: number, before: (row: number) => number[], x: Float64Array): number[] {
  const width = x.length / rows;
  return Array.from({ length: rows }, (_, r) => [
    ...before(r),
    ...x.slice(r * width, (r + 1) * width),
  ]).flat();
}

describe.each(floatTypes)('linear, %s', (dtype) => {
  it('at awkward sizes', () => {
    for (const [m, n] of sizes.flatMap((a) => sizes.map((b) => [a, b] as const))) {
      for (const k of m * n > 2000 ? [7, 33] : sizes) {
        const values: Values = [noise(m * k, 1), noise(k * n, 2), noise(n, 3)];
        const [found, expected] = both(dtype, values, m, n, k);
        // noise lies in ±2: (k + 1)·u·(Σ|x·w| + |b|) on either side.
        expectWithin(found, expected, () => 2 * (k + 2) * unit[dtype] * (4 * k + 2));
      }
    }
  });

  it('adds its terms to the bias in ascending k, as the product [1 x]·[b; W] does', () => {
    const [m, n, k] = [33, 21, 300];
    withBuffers(wasm, (put) => {
      const [x, weight, bias] = [noise(m * k, 1), noise(k * n, 2), noise(n, 3)];
      const out = put(dtype, new Float64Array(m * n));
      wasm.linear(put(dtype, x), put(dtype, weight), put(dtype, bias), out, { m, n, k });
      const sum = put(dtype, new Float64Array(m * n));
      const left = put(
        dtype,
        besideRows(m, () => [1], x),
      );
      wasm.matmul('nn', left, put(dtype, [...bias, ...weight]), sum, { batch: 1, m, n, k: k + 1 });
      expectSameBits(wasm.readSync(out), wasm.readSync(sum));
    });
  });

  it('linearAdd at awkward sizes, out of place and in place', () => {
    for (const [m, n] of sizes.flatMap((a) => sizes.map((b) => [a, b] as const))) {
      for (const k of m * n > 2000 ? [7, 33] : sizes) {
        const values = [noise(m * k, 1), noise(k * n, 2), noise(n, 3), noise(m * n, 4)];
        for (const isInPlace of [false, true]) {
          const [found, expected] = onBoth((kernels, put) => {
            const [x, weight, bias, residual] = values.map((list) => put(dtype, list));
            const out = isInPlace ? residual! : put(dtype, new Float64Array(m * n));
            kernels.linearAdd(x!, weight!, bias!, residual!, out, { m, n, k });
            return out;
          });
          expectWithin(found, expected, () => 2 * (k + 3) * unit[dtype] * (4 * k + 4));
        }
      }
    }
  });

  it('linearAdd is the product [I 1 x]·[R; b; W], to the bit, however long its k', () => {
    const [m, n, k] = [33, 21, 1300];
    withBuffers(wasm, (put) => {
      const [x, weight, bias, residual] = [noise(m * k, 1), noise(k * n, 2), noise(n, 3), noise(m * n, 4)];
      const out = put(dtype, new Float64Array(m * n));
      const operands = [put(dtype, x), put(dtype, weight), put(dtype, bias), put(dtype, residual)] as const;
      wasm.linearAdd(...operands, out, { m, n, k });
      const sum = put(dtype, new Float64Array(m * n));
      // Adding 0 is exact, so that the first m + 1 terms are residual + bias, rounded once.
      const unitRow = (r: number): number[] => Array.from({ length: m }, (_, i) => (i === r ? 1 : 0));
      const left = put(
        dtype,
        besideRows(m, (r) => [...unitRow(r), 1], x),
      );
      const right = put(dtype, [...residual, ...bias, ...weight]);
      wasm.matmul('nn', left, right, sum, { batch: 1, m, n, k: m + 1 + k });
      expectSameBits(wasm.readSync(out), wasm.readSync(sum));
    });
  });

  it('a product in two halves of k, the second added to the first, has the bits of one', () => {
    const [m, n, k] = [9, 21, 64];
    const half = k / 2;
    withBuffers(wasm, (put) => {
      const [a, b] = [noise(m * k, 1), noise(k * n, 2)];
      const [whole, halves] = [put(dtype, new Float64Array(m * n)), put(dtype, new Float64Array(m * n))];
      wasm.matmul('nn', put(dtype, a), put(dtype, b), whole, { batch: 1, m, n, k });
      const columnsFrom = (from: number): number[] =>
        Array.from({ length: m }, (_, r) => [...a.slice(r * k + from, r * k + from + half)]).flat();
      const [upper, lower] = [put(dtype, b.slice(0, half * n)), put(dtype, b.slice(half * n))];
      wasm.matmul('nn', put(dtype, columnsFrom(0)), upper, halves, { batch: 1, m, n, k: half });
      const zero = put(dtype, new Float64Array(n));
      wasm.linearAdd(put(dtype, columnsFrom(half)), lower, zero, halves, halves, { m, n, k: half });
      expectSameBits(wasm.readSync(halves), wasm.readSync(whole));
    });
  });

  it('linearGelu is gelu of it, to the bit', () => {
    const [m, n, k] = [7, 21, 33];
    withBuffers(wasm, (put) => {
      const operands = [
        put(dtype, noise(m * k, 1)),
        put(dtype, noise(k * n, 2)),
        put(dtype, noise(n, 3)),
      ] as const;
      const [fused, chained] = [put(dtype, new Float64Array(m * n)), put(dtype, new Float64Array(m * n))];
      wasm.linearGelu(...operands, fused, { m, n, k });
      wasm.linear(...operands, chained, { m, n, k });
      wasm.unary('gelu', chained, chained);
      expectSameBits(wasm.readSync(fused), wasm.readSync(chained));
    });
  });

  it('without terms it is the bias; special values go where the plain loops send them', () => {
    expectSameBits(both(dtype, [[], [], [1, -2]], 2, 2, 0)[0], [1, -2, 1, -2]);
    const [m, n, k] = [3, special.length, 2];
    const x = noise(m * k, 4);
    x[3] = Number.NaN;
    const [found, expected] = both(dtype, [x, cycled(special, k * n), noise(n, 5)], m, n, k);
    expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
    const infinite = (v: number): boolean => Math.abs(v) === Number.POSITIVE_INFINITY;
    // Values near the largest number may overflow on one side only.
    for (let i = 0; i < found.length; i++) {
      if (infinite(found[i]!) && !infinite(expected[i]!)) {
        expect(Math.abs(expected[i]!)).toBeGreaterThan(dtype === 'f32' ? 1e38 : 1e308);
      }
    }
  });

  it('names the operand of the wrong length', () => {
    withBuffers(wasm, (put) => {
      const x = put(dtype, [1, 2, 3, 4]);
      expect(() => wasm.linear(x, x, x, x, { m: 2, n: 2, k: 2 })).toThrow(
        `linear: bias should have 2 elements, found ${dtype}[4]`,
      );
    });
  });
});
