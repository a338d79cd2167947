// Fractions stay exact; roots, exponentials and logarithms are enclosed; what an interval leaves open is not answered.
import { expect, test } from 'vitest';
import { DivisionByZero } from '../../src/algebra/exactField.ts';
import {
  boundsOf,
  fractionsOrIntervals as E,
  hull,
  mayBeZero,
  UndecidedError,
} from '../../src/algebra/fractionOrInterval.ts';

const third = E.div(E.number(1), E.number(3));

test('decimals are what is written, and + − · / of them are exact', () => {
  expect(E.sub(E.add(E.number(0.1), E.number(0.2)), E.number(0.3))).toEqual({ n: 0n, d: 1n });
  expect(E.number(1e-4)).toEqual({ n: 1n, d: 10000n });
  expect(E.number(2.5e21)).toEqual({ n: 25n * 10n ** 20n, d: 1n });
  expect(E.mul(third, E.number(-3))).toEqual({ n: -1n, d: 1n });
});

test('roots of squares, e⁰ and log 1 are exact; others lie between bounds that hold the float64', () => {
  expect(E.sqrt(E.mul(third, third))).toEqual(third);
  expect([E.exp(E.number(0)), E.log(E.number(1))]).toEqual([E.number(1), E.number(0)]);
  for (const [enclosed, value] of [
    [E.sqrt(E.number(2)), Math.SQRT2],
    [E.exp(third), Math.exp(1 / 3)],
    [E.log(third), Math.log(1 / 3)],
  ] as const) {
    const [lo, hi] = boundsOf(enclosed);
    expect(lo <= value && value <= hi && hi - lo < 1e-14).toBe(true);
  }
});

test('a comparison that intervals leave open is refused, and so is a division by what may be 0', () => {
  const root = E.sqrt(E.number(2));
  const nothing = E.sub(root, root);
  expect(E.isAbove(root, E.number(1))).toBe(true);
  expect(E.isAbove(E.number(1), root)).toBe(false);
  expect(mayBeZero(nothing)).toBe(true);
  expect(() => E.isAbove(nothing, E.number(0))).toThrow(UndecidedError);
  expect(() => E.isZero(nothing)).toThrow(UndecidedError);
  expect(() => E.div(third, nothing)).toThrow(DivisionByZero);
  expect(boundsOf(hull(E.number(1), E.number(2)))).toEqual([1, 2]);
});

test('beyond the range of float64 a bound is NaN or infinite, which excludes nothing', () => {
  const large = E.mul(E.mul(E.number(0), E.sqrt(E.number(2))), E.number(Number.MAX_VALUE));
  expect(mayBeZero(large)).toBe(true);
  const [lo, hi] = boundsOf(E.log(E.exp(E.number(800))));
  expect([lo > 709 && lo < 800, hi]).toEqual([true, Number.POSITIVE_INFINITY]);
});
