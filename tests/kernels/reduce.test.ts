// Sums and maxima over an axis against the plain loops, within a derived bound.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatType } from '../../src/kernels/index.ts';
import {
  anyDouble,
  cycled,
  expectSameBits,
  expectWithin,
  floatTypes,
  noise,
  onBoth,
  rounded,
  sizes,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

/** Sum with the error of every addition kept: exact to the last bit or two of a double. */
function exactSum(values: readonly number[]): number {
  let total = 0;
  let error = 0;
  for (const x of values) {
    const next = total + x;
    const part = next - total;
    error += total - (next - part) + (x - part);
    total = next;
  }
  return total + error;
}

/**
 * assembly/reduce.ts: 40·u·Σ|x| along a row, n·2⁻⁵³·Σ|x| down a column of f32, (n·u)²·Σ|x| down one of f64, and one rounding of the
 * result; one more for the oracle's own.
 */
function checkSum(
  dtype: FloatType,
  values: ArrayLike<number>,
  outer: number,
  axis: number,
  inner: number,
): void {
  const found = withBuffers(wasm, (put) => {
    const x = put(dtype, values);
    const out = put(dtype, new Float64Array(outer * inner));
    wasm.reduce('sum', x, out, outer, axis, inner);
    return wasm.readSync(out);
  });
  const x = rounded(dtype, values);
  const columns = Array.from({ length: outer * inner }, (_, at) => {
    const o = Math.floor(at / inner);
    return Array.from({ length: axis }, (_, a) => x[(o * axis + a) * inner + (at % inner)]!);
  });
  const exact = columns.map(exactSum);
  const down = dtype === 'f32' ? axis * unit.f64 : (axis * unit.f64) ** 2;
  const relative = inner === 1 ? 40 * unit[dtype] : down;
  expectWithin(found, exact, (i) => {
    return relative * exactSum(columns[i]!.map(Math.abs)) + 2 * unit[dtype] * Math.abs(exact[i]!);
  });
}

function checkMax(
  dtype: FloatType,
  values: ArrayLike<number>,
  outer: number,
  axis: number,
  inner: number,
): void {
  const [found, expected] = onBoth((kernels, put) => {
    const x = put(dtype, values);
    const out = put(dtype, new Float64Array(outer * inner));
    kernels.reduce('max', x, out, outer, axis, inner);
    return out;
  });
  expectSameBits(found, expected);
}

const list = (number: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
  fc.array(number, { minLength: 1, maxLength: 97 });
const shape = fc.tuple(
  fc.integer({ min: 0, max: 4 }),
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 40 }),
);

describe.each(floatTypes)('reductions, %s', (dtype) => {
  it('sums and maxima at awkward sizes', () => {
    for (const axis of sizes) {
      for (const inner of [0, 1, 3, 7, 31, 33]) {
        checkSum(dtype, noise(2 * axis * inner, axis + inner), 2, axis, inner);
        checkMax(dtype, noise(2 * axis * inner, axis + inner), 2, axis, inner);
      }
    }
  });

  it('sums of any shape stay within the bound', () => {
    fc.assert(
      fc.property(
        shape,
        list(fc.double({ noNaN: true, min: -10, max: 10 })),
        ([outer, axis, inner], values) => {
          checkSum(dtype, cycled(values, outer * axis * inner), outer, axis, inner);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('maxima of any shape agree to the bit, NaN and infinities included', () => {
    fc.assert(
      fc.property(shape, list(anyDouble), ([outer, axis, inner], values) => {
        checkMax(dtype, cycled(values, outer * axis * inner), outer, axis, inner);
      }),
      { numRuns: 60 },
    );
  });

  it('the error of a sum does not grow with the axis', () => {
    // 10⁶ equal terms: a running f32 sum would be off by 1 %, a running f64 sum by 10⁻¹².
    const values = new Float64Array(1_000_003).fill(0.1);
    checkSum(dtype, values, 1, values.length, 1);
    checkSum(dtype, values.subarray(0, 3 * 300_000), 1, 300_000, 3);
    checkSum(dtype, values.subarray(0, 33 * 30_000), 1, 30_000, 33);
  });

  it('rows of zeros do not change the bits of a sum down the rows', () => {
    const sumOf = (rows: readonly number[][]): ArrayLike<number> =>
      withBuffers(wasm, (put) => {
        const inner = rows[0]!.length;
        const out = put(dtype, new Float64Array(inner));
        wasm.reduce('sum', put(dtype, rows.flat()), out, 1, rows.length, inner);
        return wasm.readSync(out);
      });
    for (const inner of [2, 3, 4, 7, 16, 33]) {
      const values = noise(100 * inner, inner).map((x) => x / 3);
      const rows = Array.from({ length: 100 }, (_, r) => [...values.slice(r * inner, (r + 1) * inner)]);
      const isKept = (r: number): boolean => (r * 37) % 5 < 2;
      const among = rows.map((row, r) => (isKept(r) ? row : row.map(() => 0)));
      expect(sumOf(rows.filter((_, r) => isKept(r)))).toEqual(sumOf(among));
    }
    // Along a row they do: the lanes are filled otherwise.
    const differ = [1, 2, 3, 4, 5, 6, 7, 8].filter((seed) => {
      const row = [...noise(1000, seed)].map((x) => x / 3);
      const among = row.map((x, i) => [i % 3 === 0 ? x : 0]);
      const kept = row.filter((_, i) => i % 3 === 0).map((x) => [x]);
      return sumOf(kept)[0] !== sumOf(among)[0];
    });
    expect(differ).not.toEqual([]);
  });

  it('infinities and NaN go through sums', () => {
    const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
    for (const length of [1, 5, 64, 1000]) {
      for (const inner of [1, 3, 20]) {
        for (const [planted, total] of [
          [[inf], inf],
          [[minusInf], minusInf],
          [[inf, minusInf], nan],
          [[nan], nan],
          [[inf, nan], nan],
        ] as const) {
          if (planted.length > length) continue;
          const values = new Float64Array(length * inner).fill(1);
          planted.forEach((value, i) => {
            for (let c = 0; c < inner; c++) values[(length - 1 - i * (length - 1)) * inner + c] = value;
          });
          withBuffers(wasm, (put) => {
            const out = put(dtype, new Float64Array(inner));
            wasm.reduce('sum', put(dtype, values), out, 1, length, inner);
            expectSameBits(wasm.readSync(out), new Array(inner).fill(total));
          });
        }
      }
    }
  });

  it('empty sums are 0, empty maxima −∞', () => {
    withBuffers(wasm, (put) => {
      const out = put(dtype, [5, 5]);
      wasm.reduce('sum', put(dtype, []), out, 2, 0, 1);
      expect(Array.from(wasm.readSync(out))).toEqual([0, 0]);
      wasm.reduce('max', put(dtype, []), out, 1, 0, 2);
      expect(Array.from(wasm.readSync(out))).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    });
  });

  it('leaves the elements behind the result alone', () => {
    withBuffers(wasm, (put) => {
      const all = put(dtype, new Float64Array(64).fill(9));
      const out = put(dtype, [9, 9, 9]);
      const behind = put(dtype, [9, 9, 9]);
      wasm.reduce('sum', put(dtype, noise(12)), out, 1, 4, 3);
      wasm.reduce('max', put(dtype, noise(12)), out, 1, 4, 3);
      expect(new Set(wasm.readSync(all))).toEqual(new Set([9]));
      expect(new Set(wasm.readSync(behind))).toEqual(new Set([9]));
    });
  });

  it('names the lengths that do not fit', () => {
    withBuffers(wasm, (put) => {
      const x = put(dtype, [1, 2, 3]);
      expect(() => wasm.reduce('sum', x, x, 1, 2, 2)).toThrow(
        `sum: x should have 4 elements, found ${dtype}[3]`,
      );
    });
  });
});
