// Norms, products and sizes of arrays of numbers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dot, largest, norm2, spread } from '../../src/attribution/vectors.ts';

describe('vectors', () => {
  test('norms of any size', () => {
    expect(norm2(Float64Array.of())).toBe(0);
    expect(norm2(Float64Array.of(0, -0))).toBe(0);
    expect(norm2(Float64Array.of(-3, 4))).toBe(5);
    // Squares that overflow or vanish are scaled first; denormals have four digits.
    expect(norm2(Float64Array.of(3e200, -4e200)) / 5e200).toBeCloseTo(1, 14);
    expect(norm2(Float64Array.of(3e-200, 4e-200)) / 5e-200).toBeCloseTo(1, 14);
    expect(norm2(Float64Array.of(3e-320, 4e-320)) / 5e-320).toBeCloseTo(1, 3);
    expect(norm2(Float64Array.of(1, Number.POSITIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY);
    expect(norm2(Float64Array.of(1, Number.NaN))).toBeNaN();
    expect(norm2(Float64Array.of(Number.NaN, 1))).toBeNaN();
  });

  test('are those of sums of squares', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { maxLength: 20 }), (xs) => {
        const v = Float64Array.from(xs);
        // Twenty squares and a root: relative error far below 40 u.
        const tolerance = 40 * Number.EPSILON * dot(v, v);
        expect(Math.abs(norm2(v) ** 2 - dot(v, v))).toBeLessThanOrEqual(tolerance);
        expect(
          dot(
            v,
            Float64Array.from(v, (x) => -2 * x),
          ) +
            2 * dot(v, v),
        ).toBe(0);
      }),
    );
  });

  test('largest size and spread', () => {
    expect(largest(Float64Array.of(1, -3, 2))).toBe(3);
    expect(largest(Float64Array.of())).toBe(0);
    expect(largest(Float64Array.of(1, Number.NaN))).toBeNaN();
    expect(spread(Float64Array.of(1, -3, 2))).toBe(5);
    expect(spread(Float64Array.of(7))).toBe(0);
    expect(spread(Float64Array.of())).toBe(0);
  });
});
