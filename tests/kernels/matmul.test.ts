// Matrix products against the plain loops: sizes, forms, order of the sum, NaN and infinities.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatType } from '../../src/kernels/index.ts';
import type { MatmulForm } from '../../src/kernels/operands.ts';
import {
  cycled,
  expectSameBits,
  expectWithin,
  floatTypes,
  noise,
  onBoth,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

const forms: readonly MatmulForm[] = ['nn', 'tn', 'nt'];

interface Sizes {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/**
 * Wasm adds k terms in ascending order, each product rounded: error ≤ (k + 1)·u·Σ|a·b|, and a subnormal
 * product is off by half the smallest subnormal. The plain loops do the same in float64 and round once. Both bounds are
 * added; the magnitudes come from the plain loops on |A| and |B|.
 */
function check(
  form: MatmulForm,
  dtype: FloatType,
  { batch, m, n, k }: Sizes,
  values: { a: ArrayLike<number>; b: ArrayLike<number> },
): void {
  const run = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    onBoth((kernels, put) => {
      // What is there before is overwritten.
      const out = put(dtype, new Float64Array(batch * m * n).fill(Number.NaN));
      kernels.matmul(form, put(dtype, a), put(dtype, b), out, { batch, m, n, k });
      return out;
    });
  const [found, expected] = run(values.a, values.b);
  const [, magnitude] = run(Array.from(values.a, Math.abs), Array.from(values.b, Math.abs));
  const smallest = dtype === 'f32' ? 2 ** -149 : 2 ** -1074;
  expectWithin(found, expected, (i) => 2 * (k + 2) * (unit[dtype] * magnitude[i]! + smallest));
}

function noisy({ batch, m, n, k }: Sizes): { a: Float64Array; b: Float64Array } {
  return { a: noise(batch * m * k, 1), b: noise(batch * k * n, 2) };
}

describe.each(floatTypes)('matmul, %s', (dtype) => {
  describe.each(forms)('%s', (form) => {
    it('awkward sizes', () => {
      for (const m of [0, 1, 3, 7, 33]) {
        for (const n of [0, 1, 3, 7, 8, 9, 31, 33]) {
          for (const k of [0, 1, 3, 33]) {
            const sizes = { batch: 2, m, n, k };
            check(form, dtype, sizes, noisy(sizes));
          }
        }
      }
    });

    it('more rows and steps than a block holds', () => {
      for (const [m, n, k] of [
        [130, 18, 300],
        [257, 33, 31],
        [5, 7, 600],
        [257, 257, 257],
      ] as const) {
        const sizes = { batch: 1, m, n, k };
        check(form, dtype, sizes, noisy(sizes));
      }
    });

    it('any sizes and values', () => {
      const dimension = fc.integer({ min: 0, max: 20 });
      fc.assert(
        fc.property(
          fc.record({ batch: fc.integer({ min: 0, max: 3 }), m: dimension, n: dimension, k: dimension }),
          fc.array(fc.double({ noNaN: true, min: -10, max: 10 }), { minLength: 1, maxLength: 97 }),
          (sizes, list) => {
            const { batch, m, n, k } = sizes;
            const values = {
              a: cycled(list, batch * m * k),
              b: cycled(list, batch * k * n).reverse(),
            };
            check(form, dtype, sizes, values);
          },
        ),
        { numRuns: 60 },
      );
    });

    it('an element has the same bits wherever it lies', () => {
      // Every element of a 37×41 product against a product of one row and one column: other tiles, same order of terms.
      const [m, n, k] = [37, 41, 300];
      withBuffers(wasm, (put) => {
        const [aValues, bValues] = [noise(m * k, 1), noise(k * n, 2)];
        const out = put(dtype, new Float64Array(m * n));
        wasm.matmul(form, put(dtype, aValues), put(dtype, bValues), out, { batch: 1, m, n, k });
        const all = wasm.readSync(out);
        const one = put(dtype, [0]);
        const row = put(dtype, new Float64Array(k));
        const column = put(dtype, new Float64Array(k));
        for (const i of [0, 1, 17, 35, 36]) {
          for (let j = 0; j < n; j++) {
            const p = Array.from({ length: k }, (_, index) => index);
            wasm.write(
              row,
              p.map((q) => aValues[form === 'tn' ? q * m + i : i * k + q]!),
            );
            wasm.write(
              column,
              p.map((q) => bValues[form === 'nt' ? j * k + q : q * n + j]!),
            );
            wasm.matmul(form, row, column, one, { batch: 1, m: 1, n: 1, k });
            expectSameBits(wasm.readSync(one), [all[i * n + j]!]);
          }
        }
      });
    });

    it('NaN and infinities stay in their rows and columns', () => {
      const [m, n, k] = [6, 19, 5];
      const a = noise(m * k, 1);
      const b = noise(k * n, 2);
      a[form === 'tn' ? 2 * m + 3 : 3 * k + 2] = Number.NaN;
      b[form === 'nt' ? 17 * k + 1 : 1 * n + 17] = Number.POSITIVE_INFINITY;
      const [found, expected] = onBoth((kernels, put) => {
        const out = put(dtype, new Float64Array(m * n));
        kernels.matmul(form, put(dtype, a), put(dtype, b), out, { batch: 1, m, n, k });
        return out;
      });
      expect(Array.from(found, Number.isFinite)).toEqual(Array.from(expected, Number.isFinite));
      expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
      expect(Array.from(found).filter(Number.isFinite).length).toBe((m - 1) * (n - 1));
    });
  });

  it('overwrites what was there, even for k = 0', () => {
    withBuffers(wasm, (put) => {
      const out = put(dtype, [Number.NaN, 5]);
      wasm.matmul('nn', put(dtype, []), put(dtype, []), out, { batch: 1, m: 1, n: 2, k: 0 });
      expect(Array.from(wasm.readSync(out))).toEqual([0, 0]);
    });
  });

  it('leaves its neighbours alone', () => {
    withBuffers(wasm, (put) => {
      const before = put(dtype, [9, 9, 9, 9]);
      const out = put(dtype, new Float64Array(15));
      const after = put(dtype, [9, 9, 9, 9]);
      wasm.matmul('nn', put(dtype, noise(20)), put(dtype, noise(12)), out, { batch: 1, m: 5, n: 3, k: 4 });
      expect(new Set([...wasm.readSync(before), ...wasm.readSync(after)])).toEqual(new Set([9]));
    });
  });

  it('writes nothing where there is no product', () => {
    withBuffers(wasm, (put) => {
      const empty = put(dtype, []);
      const around = [put(dtype, [9, 9, 9, 9]), put(dtype, []), put(dtype, [9, 9, 9, 9])];
      for (const sizes of [
        { batch: 0, m: 2, n: 2, k: 0 },
        { batch: 0, m: 3, n: 2, k: 4 },
        { batch: 0, m: 1, n: 5, k: 2 },
        { batch: 3, m: 0, n: 5, k: 0 },
      ]) {
        wasm.matmul('nn', empty, empty, around[1]!, sizes);
      }
      expect(around.flatMap((buffer) => Array.from(wasm.readSync(buffer)))).toEqual(Array(8).fill(9));
    });
  });

  it('names the operand of the wrong length', () => {
    withBuffers(wasm, (put) => {
      const x = put(dtype, [1, 2, 3, 4]);
      expect(() => wasm.matmul('tn', x, x, x, { batch: 1, m: 2, n: 2, k: 3 })).toThrow(
        `matmul tn: a should have 6 elements, found ${dtype}[4]`,
      );
    });
  });
});
