// Softmax, log-softmax and log-sum-exp of rows against the plain loops.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatType, HostArray } from '../../src/kernels/index.ts';
import { cycled, expectSameBits, expectWithin, floatTypes, noise, onBoth, sizes, unit } from './backends.ts';

type RowFunction = 'softmax' | 'logSoftmax' | 'logSumExp';
const rowFunctions: readonly RowFunction[] = ['softmax', 'logSoftmax', 'logSumExp'];

function both(
  name: RowFunction,
  dtype: FloatType,
  values: ArrayLike<number>,
  rows: number,
  columns: number,
): [HostArray, HostArray] {
  return onBoth((kernels, put) => {
    const x = put(dtype, values);
    const out = put(dtype, new Float64Array(name === 'logSumExp' ? rows : rows * columns));
    if (name === 'logSumExp') kernels.logSumExp(x, out, rows, columns);
    else kernels.row(name, x, out, rows, columns);
    return out;
  });
}

/**
 * The bound of assembly/rows.ts against the plain loops, whose own sum has error columns·2^−53: with d ≤ 0 the distance
 * to the maximum, |d|·u for the rounding of d, 2 ulp = 4u for the exponential, columns·u for the sums, 8u for division,
 * logarithm and the roundings of both sides. Relative for softmax (plus one subnormal), absolute for the logarithms,
 * whose results round once more.
 */
function allowed(
  name: RowFunction,
  dtype: FloatType,
  spread: number,
  columns: number,
  value: number,
): number {
  const relative = unit[dtype] * (spread + columns + 12);
  if (name === 'softmax') return relative * value + (dtype === 'f32' ? 2 ** -148 : 2 ** -1073);
  return relative + 4 * unit[dtype] * Math.abs(value);
}

function check(
  name: RowFunction,
  dtype: FloatType,
  values: ArrayLike<number>,
  rows: number,
  columns: number,
): void {
  const [found, expected] = both(name, dtype, values, rows, columns);
  const finite = Array.from(values).filter(Number.isFinite);
  const spread =
    finite.length === 0 ? 0 : 2 * finite.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  expectWithin(found, expected, (i) => allowed(name, dtype, spread, columns, expected[i]!));
}

const logit = fc.oneof(
  { weight: 8, arbitrary: fc.double({ noNaN: true, min: -20, max: 20 }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, min: -1e4, max: 1e4 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
);

describe.each(floatTypes)('row kernels, %s', (dtype) => {
  it.each(rowFunctions)('%s at awkward sizes', (name) => {
    for (const columns of sizes) check(name, dtype, noise(3 * columns, columns + 5), 3, columns);
    check(name, dtype, noise(100_003), 1, 100_003);
  });

  it.each(rowFunctions)('%s of any logits, infinite ones included', (name) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(logit, { minLength: 1, maxLength: 97 }),
        (rows, columns, list) => check(name, dtype, cycled(list, rows * columns), rows, columns),
      ),
    );
  });

  it('infinite maxima share the mass', () => {
    const { POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
    const x = [
      inf,
      1,
      inf,
      minusInf,
      minusInf,
      minusInf,
      minusInf,
      minusInf,
      3,
      minusInf,
      minusInf,
      minusInf,
    ];
    const ln = (value: number): number => (dtype === 'f32' ? Math.fround(Math.log(value)) : Math.log(value));
    expectSameBits(both('softmax', dtype, x, 3, 4)[0], [0.5, 0, 0.5, 0, 0.25, 0.25, 0.25, 0.25, 1, 0, 0, 0]);
    expectWithin(
      both('logSoftmax', dtype, x, 3, 4)[0],
      [-ln(2), minusInf, -ln(2), minusInf, -ln(4), -ln(4), -ln(4), -ln(4), 0, minusInf, minusInf, minusInf],
      () => 4 * unit[dtype],
    );
    expectSameBits(both('logSumExp', dtype, x, 3, 4)[0], [inf, minusInf, 3]);
  });

  it('a NaN spoils its row and no other', () => {
    for (const columns of [1, 2, 3, 4, 5, 8, 9, 33]) {
      for (const at of [0, columns - 1]) {
        const x = noise(3 * columns);
        x[columns + at] = Number.NaN;
        for (const name of rowFunctions) {
          const [found, expected] = both(name, dtype, x, 3, columns);
          expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
          expect(Array.from(found).filter(Number.isNaN).length).toBe(name === 'logSumExp' ? 1 : columns);
        }
      }
    }
  });

  it('does not overflow or lose small probabilities', () => {
    const big = dtype === 'f32' ? 3e38 : 1e308;
    expectSameBits(both('softmax', dtype, [big, -big, 0], 1, 3)[0], [1, 0, 0]);
    expectSameBits(
      both('logSoftmax', dtype, [40, -40], 1, 2)[0],
      [-0, -80].map((v) => v + 0),
    );
    const [p] = both('softmax', dtype, [0, -80], 1, 2)[0].slice(1);
    expect(Math.abs(p! / Math.exp(-80) - 1)).toBeLessThanOrEqual(100 * unit[dtype]);
  });

  it('sums to one', () => {
    const [found] = both('softmax', dtype, noise(1000), 1, 1000);
    // Each of n terms is right to (n/lanes + 20)·u relative, and they add up to one: n/2 + 20 ulps at most.
    expect(Math.abs(Array.from(found).reduce((a, b) => a + b, 0) - 1)).toBeLessThanOrEqual(520 * unit[dtype]);
  });

  it('empty rows', () => {
    expectSameBits(both('logSumExp', dtype, [], 2, 0)[0], [
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    expect(both('softmax', dtype, [], 2, 0)[0].length).toBe(0);
  });
});
