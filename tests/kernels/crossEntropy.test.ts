// Cross-entropy and its adjoint against the plain loops.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatType, KernelBuffer, Kernels } from '../../src/kernels/index.ts';
import {
  cycled,
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

/** Outputs of both kernels, one behind the other. */
function crossEntropies(
  kernels: Kernels,
  put: (dtype: FloatType | 'i32', values: ArrayLike<number>) => KernelBuffer,
  dtype: FloatType,
  rows: number,
  columns: number,
  logits: ArrayLike<number>,
): [KernelBuffer, KernelBuffer] {
  const x = put(dtype, logits);
  const targets = put(
    'i32',
    Int32Array.from({ length: rows }, (_, r) => (r * 5) % columns),
  );
  const out = put(dtype, new Float64Array(rows));
  const adjoint = put(dtype, new Float64Array(rows * columns));
  kernels.crossEntropy(x, targets, out, rows, columns);
  kernels.crossEntropyVjp(x, targets, put(dtype, noise(rows, 4)), adjoint, rows, columns);
  return [out, adjoint];
}

const logit = fc.oneof(
  { weight: 8, arbitrary: fc.double({ noNaN: true, min: -20, max: 20 }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, min: -1e4, max: 1e4 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-310) },
);

describe.each(floatTypes)('cross-entropy, %s', (dtype) => {
  // As for logSoftmax in rows.test.ts: distances to the maximum round to |d|·u, sums to columns·u; |ȳ| ≤ 2 and two
  // roundings more for the adjoint.
  function check(rows: number, columns: number, x: ArrayLike<number>): void {
    const finite = Array.from(x).filter(Number.isFinite);
    const spread = 2 * finite.reduce((largest, v) => Math.max(largest, Math.abs(v)), 0);
    const relative = unit[dtype] * (spread + columns + 12);
    const [loss, expected] = onBoth(
      (kernels, put) => crossEntropies(kernels, put, dtype, rows, columns, x)[0],
    );
    expectWithin(loss, expected, (i) => relative + 4 * unit[dtype] * Math.abs(expected[i]!));
    const [adjoint, slope] = onBoth(
      (kernels, put) => crossEntropies(kernels, put, dtype, rows, columns, x)[1],
    );
    expectWithin(adjoint, slope, () => 2 * (relative + 4 * unit[dtype]));
  }

  it('at awkward sizes', () => {
    for (const columns of sizes.filter((n) => n > 0)) {
      for (const rows of [0, 1, 3]) check(rows, columns, noise(rows * columns, columns));
    }
  });

  it('of any logits, infinite ones included', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(logit, { minLength: 1, maxLength: 97 }),
        (rows, columns, list) => check(rows, columns, cycled(list, rows * columns)),
      ),
    );
  });

  it('a NaN spoils its row and no other', () => {
    const x = noise(3 * 5);
    x[7] = Number.NaN;
    const [loss] = onBoth((kernels, put) => crossEntropies(kernels, put, dtype, 3, 5, x)[0]);
    expect(Array.from(loss, Number.isNaN)).toEqual([false, true, false]);
    const [adjoint] = onBoth((kernels, put) => crossEntropies(kernels, put, dtype, 3, 5, x)[1]);
    expect(Array.from(adjoint, Number.isNaN)).toEqual(Array.from(x, (_, i) => i >= 5 && i < 10));
  });

  it('a target out of range is named', () => {
    for (const kernels of [wasm, reference]) {
      withBuffers(kernels, (put) => {
        const x = put(dtype, noise(6));
        const out = put(dtype, [0, 0]);
        for (const bad of [3, -1]) {
          const targets = put('i32', [0, bad]);
          const message = `targets[1] = ${bad} is not in [0, 3)`;
          expect(() => kernels.crossEntropy(x, targets, out, 2, 3)).toThrow(`crossEntropy: ${message}`);
          expect(() => kernels.crossEntropyVjp(x, targets, out, x, 2, 3)).toThrow(
            `crossEntropyVjp: ${message}`,
          );
        }
        expect(() => kernels.crossEntropy(x, out, out, 2, 3)).toThrow('targets should be i32');
      });
    }
  });
});
