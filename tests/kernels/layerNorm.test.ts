// Layer norm and its adjoints against the plain loops.
import { describe, expect, it } from 'vitest';
import type { FloatType, KernelBuffer, Kernels } from '../../src/kernels/index.ts';
import {
  cycled,
  expectSameBits,
  expectWithin,
  floatTypes,
  noise,
  onBoth,
  sizes,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

type Put = (dtype: FloatType, values: ArrayLike<number>) => KernelBuffer;

const normKernels = {
  layerNorm: (
    kernels: Kernels,
    put: Put,
    dtype: FloatType,
    rows: number,
    columns: number,
    x: ArrayLike<number>,
  ) => {
    const out = put(dtype, new Float64Array(rows * columns));
    const [gamma, beta] = [put(dtype, noise(columns, 7)), put(dtype, noise(columns, 8))];
    kernels.layerNorm(put(dtype, x), gamma, beta, out, { rows, columns, epsilon: 1e-5 });
    return out;
  },
  layerNormVjp: (
    kernels: Kernels,
    put: Put,
    dtype: FloatType,
    rows: number,
    columns: number,
    x: ArrayLike<number>,
  ) => {
    const out = put(dtype, new Float64Array(rows * columns));
    const [gamma, along] = [put(dtype, noise(columns, 7)), put(dtype, noise(rows * columns, 9))];
    kernels.layerNormVjp(put(dtype, x), gamma, along, out, { rows, columns, epsilon: 1e-5 });
    return out;
  },
  layerNormScaleVjp: (
    kernels: Kernels,
    put: Put,
    dtype: FloatType,
    rows: number,
    columns: number,
    x: ArrayLike<number>,
  ) => {
    const out = put(dtype, noise(columns, 3));
    const along = put(dtype, noise(rows * columns, 9));
    kernels.layerNormScaleVjp(put(dtype, x), along, out, { rows, columns, epsilon: 1e-5 });
    return out;
  },
} as const;

/**
 * noise lies in ±2, so that |γ|, |ȳ| ≤ 2 and, unless a row is short, 0.5 < r < 2. The bounds of assembly/layerNorm.ts with
 * those sizes, twice for the two sides; √columns ≥ |x̂|. A row of one or two close values has r up to 1/√ε = 317 times.
 */
function allowed(kernel: keyof typeof normKernels, dtype: FloatType, rows: number, columns: number): number {
  const r = columns < 7 ? 320 : 2;
  const root = Math.sqrt(columns);
  const each = 2 * unit[dtype] * ((columns + 8) * root + 8 * r);
  if (kernel === 'layerNorm') return 2 * each + 4 * unit[dtype];
  if (kernel === 'layerNormVjp') return 2 * 4 * 4 * (columns + 8) * unit[dtype] * r * (1 + r) * root;
  return rows * (2 * each + 2 * rows * unit[dtype] * root);
}

describe.each(floatTypes)('layer norm, %s', (dtype) => {
  it.each(Object.keys(normKernels) as (keyof typeof normKernels)[])('%s at awkward sizes', (kernel) => {
    for (const columns of sizes) {
      for (const rows of [0, 1, 3]) {
        const x = noise(rows * columns, columns + 5);
        const [found, expected] = onBoth((kernels, put) =>
          normKernels[kernel](kernels, put, dtype, rows, columns, x),
        );
        expectWithin(found, expected, () => allowed(kernel, dtype, rows, columns));
      }
    }
  });

  it.each(Object.keys(normKernels) as (keyof typeof normKernels)[])(
    '%s writes nothing behind its last element',
    (kernel) => {
      withBuffers(wasm, (put) => {
        const out = normKernels[kernel](wasm, put, dtype, 3, 7, noise(21));
        const neighbours = [put(dtype, noise(33, 5)), put(dtype, noise(33, 6))];
        const before = neighbours.map((b) => wasm.readSync(b));
        normKernels[kernel](wasm, put, dtype, 3, 7, noise(21));
        neighbours.forEach((b, i) => {
          expectSameBits(wasm.readSync(b), before[i]!);
        });
        expect(out.length).toBe(kernel === 'layerNormScaleVjp' ? 7 : 21);
      });
    },
  );

  it('NaN and infinities spoil their row and no other; subnormals are like zeros', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const x = noise(3 * 9);
      x[12] = value;
      for (const kernel of ['layerNorm', 'layerNormVjp'] as const) {
        const [found, expected] = onBoth((kernels, put) => normKernels[kernel](kernels, put, dtype, 3, 9, x));
        expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
        expect(Array.from(found, Number.isNaN)).toEqual(Array.from(x, (_, i) => i >= 9 && i < 18));
      }
    }
    const tiny = cycled([5e-324, -1e-310, 1e-40], 14);
    const [found, expected] = onBoth((kernels, put) =>
      normKernels.layerNorm(kernels, put, dtype, 2, 7, tiny),
    );
    expectWithin(found, expected, () => 4 * unit[dtype]);
  });

  it('a constant row becomes beta', () => {
    const [found] = onBoth((kernels, put) =>
      normKernels.layerNorm(kernels, put, dtype, 1, 8, new Float64Array(8).fill(3)),
    );
    expectSameBits(found, dtype === 'f32' ? new Float32Array(noise(8, 8)) : noise(8, 8));
  });

  it('shapes and types are checked', () => {
    withBuffers(wasm, (put) => {
      const [x, narrow] = [put(dtype, noise(6)), put(dtype, noise(2))];
      const sizesOf = { rows: 2, columns: 3, epsilon: 1e-5 };
      expect(() => wasm.layerNorm(x, narrow, narrow, x, sizesOf)).toThrow(
        `layerNorm: an operand of one row should have 3 elements, found ${dtype}[2]`,
      );
      expect(() => wasm.layerNormScaleVjp(narrow, x, narrow, sizesOf)).toThrow(
        `layerNormScaleVjp: an operand should have 6 elements, found ${dtype}[2]`,
      );
    });
  });
});
