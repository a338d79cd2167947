// RMS norm and its adjoints against the plain loops, the adjoints also against differences, on one thread and several.
import { describe, expect, it } from 'vitest';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import type { FloatType, KernelBuffer, Kernels } from '../../src/kernels/index.ts';
import {
  cycled,
  expectSameBits,
  expectWithin,
  floatTypes,
  noise,
  onBoth,
  reference,
  sizes,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

type Put = (dtype: FloatType, values: ArrayLike<number>) => KernelBuffer;
const epsilon = 1e-5;
const teams = [1, 2, 3].map((threads) => loadWasmKernelsSync({ threads }));

/** Each kernel on x with noise for gamma and the cotangent. */
function run(
  kernel: 'rmsNorm' | 'rmsNormVjp' | 'rmsNormScaleVjp',
  [kernels, put, dtype]: readonly [Kernels, Put, FloatType],
  { rows, columns }: { readonly rows: number; readonly columns: number },
  values: ArrayLike<number>,
): KernelBuffer {
  const wanted = { rows, columns, epsilon };
  const [x, gamma, along] = [values, noise(columns, 7), noise(rows * columns, 9)].map((v) => put(dtype, v));
  const out = put(dtype, noise(kernel === 'rmsNormScaleVjp' ? columns : rows * columns, 3));
  if (kernel === 'rmsNorm') kernels.rmsNorm(x!, gamma!, out, wanted);
  else if (kernel === 'rmsNormVjp') kernels.rmsNormVjp(x!, gamma!, along!, out, wanted);
  else kernels.rmsNormScaleVjp(x!, along!, out, wanted);
  return out;
}

const all = ['rmsNorm', 'rmsNormVjp', 'rmsNormScaleVjp'] as const;

/** The bounds of assembly/rmsNorm.ts, once for either side, with |γ|, |ȳ| ≤ 2. */
function allowed(
  kernel: (typeof all)[number],
  dtype: FloatType,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  x: ArrayLike<number>,
): (i: number, expected: number) => number {
  const [u, root] = [unit[dtype], Math.sqrt(columns)];
  if (kernel === 'rmsNorm') return (_, y) => 2 * (columns + 9) * u * Math.abs(y);
  if (kernel === 'rmsNormScaleVjp') return () => 2 * rows * 2 * root * (columns + 8 + rows) * u;
  const scales = Array.from({ length: rows }, (_, r) => {
    const row = Array.from(x).slice(r * columns, (r + 1) * columns);
    return 1 / Math.sqrt(row.reduce((sum, v) => sum + v * v, 0) / columns + epsilon);
  });
  return (i) => 2 * 4 * (columns + 8) * u * scales[Math.floor(i / columns)]! * 4 * root;
}

describe.each(floatTypes)('RMS norm, %s', (dtype) => {
  it.each(all)('%s at awkward sizes', (kernel) => {
    for (const columns of sizes) {
      for (const rows of [0, 1, 3]) {
        const x = noise(rows * columns, columns + 5);
        const [found, expected] = onBoth((kernels, put) =>
          run(kernel, [kernels, put, dtype], { rows, columns }, x),
        );
        const bound = allowed(kernel, dtype, { rows, columns }, x);
        expectWithin(found, expected, (i) => bound(i, expected[i]!));
      }
    }
  });

  it.each(all)('%s writes nothing behind its last element', (kernel) => {
    withBuffers(wasm, (put) => {
      const shape = { rows: 3, columns: 7 };
      run(kernel, [wasm, put, dtype], shape, noise(21));
      const neighbours = [put(dtype, noise(33, 5)), put(dtype, noise(33, 6))];
      const before = neighbours.map((b) => wasm.readSync(b));
      run(kernel, [wasm, put, dtype], shape, noise(21));
      neighbours.forEach((b, i) => {
        expectSameBits(wasm.readSync(b), before[i]!);
      });
    });
  });

  it('NaN spoils its row and no other, an infinity what is left of itself; subnormals are like zeros', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const x = noise(3 * 9);
      x[12] = value;
      for (const kernel of all) {
        const [found, expected] = onBoth((kernels, put) =>
          run(kernel, [kernels, put, dtype], { rows: 3, columns: 9 }, x),
        );
        expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
      }
      const [found] = onBoth((kernels, put) =>
        run('rmsNorm', [kernels, put, dtype], { rows: 3, columns: 9 }, x),
      );
      // r = 0 where the sum of squares is infinite.
      const spoilt = (i: number): boolean => (Number.isNaN(value) ? i >= 9 && i < 18 : i === 12);
      expect(Array.from(found, Number.isNaN)).toEqual(Array.from(x, (_, i) => spoilt(i)));
    }
    const tiny = cycled([5e-324, -1e-310, 1e-40], 14);
    const [found, expected] = onBoth((kernels, put) =>
      run('rmsNorm', [kernels, put, dtype], { rows: 2, columns: 7 }, tiny),
    );
    const smallest = dtype === 'f32' ? 2 ** -149 : 2 ** -1074;
    expectWithin(found, expected, (i) => 32 * unit[dtype] * Math.abs(expected[i]!) + 4 * smallest);
  });

  it('a row of equal values becomes gamma, up to epsilon', () => {
    const [found] = onBoth((kernels, put) =>
      run('rmsNorm', [kernels, put, dtype], { rows: 1, columns: 8 }, new Float64Array(8).fill(2 ** 20)),
    );
    expectWithin(found, noise(8, 7), () => 8 * unit[dtype]);
  });

  it.each(all)('%s has the same bits on one, two and three threads', (kernel) => {
    const shape = { rows: 515, columns: 257 };
    const x = noise(shape.rows * shape.columns, 2);
    const on = (kernels: Kernels): ArrayLike<number> =>
      withBuffers(kernels, (put) => kernels.readSync(run(kernel, [kernels, put, dtype], shape, x)));
    const expected = on(wasm);
    for (const kernels of teams) expectSameBits(on(kernels), expected);
  });

  it('shapes and types are checked', () => {
    withBuffers(wasm, (put) => {
      const [x, narrow] = [put(dtype, noise(6)), put(dtype, noise(2))];
      expect(() => wasm.rmsNorm(x, narrow, x, { rows: 2, columns: 3, epsilon })).toThrow(
        `rmsNorm: an operand of one row should have 3 elements, found ${dtype}[2]`,
      );
    });
  });
});

it('the adjoints are those of the kernel: ⟨ȳ, dy⟩ by central differences in f64', () => {
  const shape = { rows: 3, columns: 7, epsilon };
  withBuffers(reference, (put) => {
    const [x, gamma, along] = [noise(21, 1), noise(7, 2), noise(21, 3)];
    const value = (xs: Float64Array, gammas: Float64Array): number => {
      const out = put('f64', new Float64Array(21));
      reference.rmsNorm(put('f64', xs), put('f64', gammas), out, shape);
      return along.reduce((sum, v, i) => sum + v * reference.readSync(out)[i]!, 0);
    };
    const slope = (values: Float64Array, at: (moved: Float64Array) => number): number[] =>
      Array.from(values, (v, i) => (at(values.with(i, v + 1e-5)) - at(values.with(i, v - 1e-5))) / 2e-5);
    const [xBar, gammaBar] = [put('f64', new Float64Array(21)), put('f64', new Float64Array(7))];
    const operands = [x, gamma, along].map((values) => put('f64', values));
    reference.rmsNormVjp(operands[0]!, operands[1]!, operands[2]!, xBar, shape);
    reference.rmsNormScaleVjp(operands[0]!, operands[2]!, gammaBar, shape);
    const moveX = slope(x, (moved) => value(moved, gamma));
    const moveGamma = slope(gamma, (moved) => value(x, moved));
    expectWithin(reference.readSync(xBar), moveX, () => 1e-7);
    expectWithin(reference.readSync(gammaBar), moveGamma, () => 1e-7);
  });
});
