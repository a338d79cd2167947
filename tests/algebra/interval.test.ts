// Intervals against the truth in ℚ, log and exp against series of fractions, and the float64 program against both.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDown,
  addUp,
  divDown,
  divUp,
  mulDown,
  mulUp,
  sqrtDown,
  sqrtUp,
} from '../../src/algebra/directed.ts';
import { expBounds, logBounds } from '../../src/algebra/elementary.ts';
import { DivisionByZero } from '../../src/algebra/exactField.ts';
import {
  addFractions,
  type Fraction,
  fraction,
  multiplyFractions,
  negated,
  reciprocal,
} from '../../src/algebra/fraction.ts';
import { intervalField } from '../../src/algebra/interval.ts';
import { rationalField } from '../../src/algebra/rationals.ts';
import { float64Field } from '../../src/base/field.ts';
import { programs, runProgram, WIDTH } from './programs.ts';
import { exact, expOf, logOf } from './truth.ts';

const atMost = (a: Fraction, b: Fraction): boolean => a.n * b.d <= b.n * a.d;

/** −∞ and ∞ bound everything. */
function encloses(lo: number, truth: Fraction, hi: number): boolean {
  return (
    (lo === Number.NEGATIVE_INFINITY || atMost(exact(lo), truth)) &&
    (hi === Number.POSITIVE_INFINITY || atMost(truth, exact(hi)))
  );
}

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(0, 1, -1, Number.MIN_VALUE, -Number.MAX_VALUE, 2 ** -1022, 2 ** 1000, 0.1),
);

test('directed rounding bounds the truth, and is exact where the result is a number of float64', () => {
  fc.assert(
    fc.property(number, number, (x, y) => {
      const [a, b] = [exact(x), exact(y)];
      expect(encloses(addDown(x, y), addFractions(a, b), addUp(x, y))).toBe(true);
      expect(encloses(mulDown(x, y), multiplyFractions(a, b), mulUp(x, y))).toBe(true);
      if (y !== 0) {
        expect(encloses(divDown(x, y), multiplyFractions(a, reciprocal(b)), divUp(x, y))).toBe(true);
      }
      const root = [sqrtDown(Math.abs(x)), sqrtUp(Math.abs(x))].map((r) =>
        multiplyFractions(exact(r), exact(r)),
      );
      const size = exact(Math.abs(x));
      expect(atMost(root[0]!, size) && atMost(size, root[1]!)).toBe(true);
    }),
    { numRuns: 300 },
  );
  expect([addDown(0.1, 0.2), addUp(0.1, 0.2)]).toEqual([0.3, 0.30000000000000004]);
  expect([mulDown(3, 7), mulUp(3, 7), divDown(21, 3), divUp(21, 3), addUp(1, 2)]).toEqual([21, 21, 7, 7, 3]);
  expect([sqrtDown(9), sqrtUp(9), divDown(0, 3), mulUp(0, 5)]).toEqual([3, 3, 0, 0]);
  expect([divDown(1, 3), divUp(1, 3)]).toEqual([1 / 3, 1 / 3 + 2 ** -54]);
});

const ulps = (lo: number, hi: number): number => (hi - lo) / (Math.abs(hi) * 2 ** -52);

describe('log and exp', () => {
  test('log: the truth is enclosed, and so is Math.log, within 8 units in the last place', () => {
    const positive = fc.oneof(
      fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
      fc.double({ min: 0.5, max: 2, noNaN: true }),
      fc.constantFrom(1, 1 + 2 ** -52, 1 - 2 ** -53, Number.MIN_VALUE, 0.5, 2, Math.SQRT2, Number.MAX_VALUE),
    );
    fc.assert(
      fc.property(positive, (x) => {
        const { lo, hi } = logBounds(x);
        expect(encloses(lo, logOf(exact(x)), hi)).toBe(true);
        expect(lo <= Math.log(x) && Math.log(x) <= hi).toBe(true);
        if (x !== 1) expect(ulps(lo, hi)).toBeLessThan(8);
      }),
      { numRuns: 150 },
    );
    expect(logBounds(1)).toEqual({ lo: 0, hi: 0 });
  });

  test('exp: the truth is enclosed near 0, and e^x·e^y = e^(x + y) is nowhere refuted', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (x) => {
        const { lo, hi } = expBounds(x);
        expect(encloses(lo, expOf(exact(x)), hi)).toBe(true);
        expect(lo <= Math.exp(x) && Math.exp(x) <= hi).toBe(true);
        if (x !== 0) expect(ulps(lo, hi)).toBeLessThan(8);
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(fc.integer({ min: -1480, max: 1418 }), (twice) => {
        // e^(x/2)² = e^x, where both halves are exact numbers: chains the small arguments to all others.
        const x = twice / 2;
        const [half, whole] = [expBounds(x / 2), expBounds(x)];
        expect(mulDown(half.lo, half.lo)).toBeLessThanOrEqual(whole.hi);
        expect(mulUp(half.hi, half.hi)).toBeGreaterThanOrEqual(whole.lo);
        if (Math.abs(x) < 700) expect(ulps(whole.lo, whole.hi)).toBeLessThan(12);
        expect(whole.lo <= Math.exp(x) && Math.exp(x) <= whole.hi).toBe(true);
      }),
      { numRuns: 100 },
    );
    expect(expBounds(0)).toEqual({ lo: 1, hi: 1 });
    expect(expBounds(1000)).toEqual({ lo: Number.MAX_VALUE, hi: Number.POSITIVE_INFINITY });
    expect(expBounds(-1000)).toEqual({ lo: 0, hi: Number.MIN_VALUE });
  });

  test('of intervals: both ends; numbers outside the domain are refused', () => {
    const a = intervalField.from([1, 2]);
    const wide = { lo: a.lo, hi: Float64Array.of(3, 2) };
    const log = intervalField.log(wide);
    expect([log.lo[0], log.hi[0]]).toEqual([0, logBounds(3).hi]);
    const exp = intervalField.exp(wide);
    expect([exp.lo[0], exp.hi[0]]).toEqual([expBounds(1).lo, expBounds(3).hi]);
    const root = intervalField.sqrt(intervalField.from([0, 4, 2]));
    expect([...root.lo, ...root.hi]).toEqual([0, 2, sqrtDown(2), 0, 2, sqrtUp(2)]);
    expect(() => intervalField.log(intervalField.from([1, 0]))).toThrow('log of element 1, which may be 0');
    expect(() => intervalField.sqrt(intervalField.from([-1]))).toThrow('element 0, which may be -1');
  });
});

test('programs: the truth in ℚ and the result of float64 lie in the intervals', () => {
  let compared = 0;
  const small = fc.array(fc.tuple(fc.bigInt(-99n, 99n), fc.bigInt(1n, 99n)), {
    minLength: WIDTH,
    maxLength: WIDTH,
  });
  fc.assert(
    fc.property(programs, small, (steps, input) => {
      const [n, d] = [input.map(([x]) => x), input.map(([, y]) => y)];
      try {
        const found = runProgram(intervalField, steps, intervalField.fractions(n, d));
        const truth = runProgram(rationalField, steps, rationalField.fractions(n, d));
        const float = runProgram(
          float64Field,
          steps,
          Float64Array.from(input, ([x, y]) => Number(x) / Number(y)),
        );
        truth.forEach((value, i) => {
          compared++;
          expect(encloses(found.lo[i]!, value, found.hi[i]!)).toBe(true);
          expect(found.lo[i]! <= float[i]! && float[i]! <= found.hi[i]!).toBe(true);
        });
      } catch (error) {
        if (!(error instanceof DivisionByZero)) throw error;
      }
    }),
    { numRuns: 300 },
  );
  expect(compared).toBeGreaterThan(300);
});

test('fractions of large integers, and divisors that contain 0', () => {
  const [n, d] = [-(10n ** 90n) - 7n, 3n ** 170n];
  const { lo, hi } = intervalField.fractions(
    [n, n, 1n, 10n ** 330n, 1n, 1n],
    [d, -d, -(10n ** 40n), 3n, 10n ** 300n, 10n ** 900n],
  );
  expect(encloses(lo[0]!, fraction(n, d), hi[0]!)).toBe(true);
  expect(encloses(lo[1]!, negated(fraction(n, d)), hi[1]!)).toBe(true);
  expect(encloses(lo[2]!, fraction(-1n, 10n ** 40n), hi[2]!)).toBe(true);
  expect(encloses(lo[3]!, fraction(10n ** 330n, 3n), hi[3]!)).toBe(true);
  expect(encloses(lo[4]!, fraction(1n, 10n ** 300n), hi[4]!)).toBe(true);
  expect(encloses(lo[5]!, fraction(1n, 10n ** 900n), hi[5]!)).toBe(true);
  for (const i of [0, 1, 2, 4]) expect((hi[i]! - lo[i]!) / Math.abs(hi[i]!)).toBeLessThan(2 ** -50);
  const around = intervalField.sub(intervalField.fractions([1n], [3n]), intervalField.fractions([1n], [3n]));
  expect(() => intervalField.div(intervalField.ones(1), around)).toThrow(DivisionByZero);
  expect(() => intervalField.fractions([1n], [0n])).toThrow(DivisionByZero);
});
