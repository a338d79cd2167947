// Intervals in fixed point against the truth in fractions: sums, products and quotients, log and e^x to fifty decimals, and decimals.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DivisionByZero } from '../../src/algebra/exactField.ts';
import {
  type FixedPointArray,
  fixedPointField as field,
  floatAbove,
  floatBelow,
  sureDecimals,
} from '../../src/algebra/fixedPoint.ts';
import { expBounds, FRACTION_BITS, logBounds } from '../../src/algebra/fixedPointElementary.ts';
import { type Fraction, fraction } from '../../src/algebra/fraction.ts';
import { rationalField } from '../../src/algebra/rationals.ts';
import { programs, runProgram, WIDTH } from './programs.ts';
import { exact, expOf, logOf } from './truth.ts';

const ONE = 1n << FRACTION_BITS;
const atMost = (a: Fraction, b: Fraction): boolean => a.n * b.d <= b.n * a.d;
const of = (x: bigint): Fraction => ({ n: x, d: ONE });

function encloses({ lo, hi }: { lo: bigint; hi: bigint }, truth: Fraction): boolean {
  return atMost(of(lo), truth) && atMost(truth, of(hi));
}

/** A number that is off by 2^-180, forty times as much as log and exp may be. */
function moved({ n, d }: Fraction): Fraction {
  return { n: (n << 180n) + d, d: d << 180n };
}

const element = ({ lo, hi }: FixedPointArray, i: number): { lo: bigint; hi: bigint } => ({
  lo: lo[i]!,
  hi: hi[i]!,
});

const quotients = fc.array(fc.tuple(fc.bigInt(-99n, 99n), fc.bigInt(1n, 99n)), {
  minLength: WIDTH,
  maxLength: WIDTH,
});

function quotientsOf(pairs: readonly (readonly [bigint, bigint])[]): FixedPointArray {
  const integers = (at: 0 | 1): FixedPointArray => field.from(pairs.map((pair) => Number(pair[at])));
  return field.div(integers(0), integers(1));
}

test('programs: the truth in ℚ lies in the intervals, which are narrow, and what is off by 10^-40 does not', () => {
  let compared = 0;
  let refused = 0;
  fc.assert(
    fc.property(programs, quotients, (steps, input) => {
      try {
        const found = runProgram(field, steps, quotientsOf(input));
        const start = rationalField.fractions(
          input.map(([n]) => n),
          input.map(([, d]) => d),
        );
        for (const [i, truth] of runProgram(rationalField, steps, start).entries()) {
          const bounds = element(found, i);
          expect(encloses(bounds, truth)).toBe(true);
          compared++;
          if (bounds.hi - bounds.lo > 2n ** 50n) continue;
          expect(encloses(bounds, { n: truth.n * 10n ** 40n + truth.d, d: truth.d * 10n ** 40n })).toBe(
            false,
          );
          refused++;
        }
      } catch (error) {
        if (!(error instanceof DivisionByZero)) throw error;
      }
    }),
    { numRuns: 200 },
  );
  expect(compared).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(compared / 2);
});

describe('log and exp', () => {
  test('log of fractions: the truth is enclosed within 2^-188, and what is off by 2^-180 is not', () => {
    const positive = fc.oneof(
      fc.bigInt(1n, ONE << 70n),
      fc.bigInt(ONE / 2n, ONE * 2n),
      fc.constantFrom(
        1n,
        2n,
        ONE - 1n,
        ONE,
        ONE + 1n,
        2n * ONE,
        (2n * ONE) / 3n,
        (4n * ONE) / 3n,
        ONE << 500n,
      ),
    );
    fc.assert(
      fc.property(positive, (x) => {
        const [bounds, truth] = [logBounds(x), logOf(of(x))];
        expect(encloses(bounds, truth)).toBe(true);
        expect(encloses(bounds, moved(truth))).toBe(false);
        expect(bounds.hi - bounds.lo).toBeLessThan(16n);
      }),
      { numRuns: 150 },
    );
    expect(logBounds(ONE)).toEqual({ lo: 0n, hi: 0n });
  });

  test('e^x: the truth is enclosed near 0, and e^(x/2)² = e^x is nowhere refuted', () => {
    fc.assert(
      fc.property(fc.bigInt(-ONE, ONE), (x) => {
        const [bounds, truth] = [expBounds(x), expOf(of(x))];
        expect(encloses(bounds, truth)).toBe(true);
        expect(encloses(bounds, moved(truth))).toBe(false);
        expect(bounds.hi - bounds.lo).toBeLessThan(16n);
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(fc.bigInt(-130n * ONE, 700n * ONE), (half) => {
        const at = (x: bigint): FixedPointArray => {
          const { lo, hi } = expBounds(x);
          return { lo: [lo], hi: [hi] };
        };
        const [square, whole] = [field.mul(at(half), at(half)), at(2n * half)];
        expect(square.lo[0]! <= whole.hi[0]! && whole.lo[0]! <= square.hi[0]!).toBe(true);
      }),
      { numRuns: 100 },
    );
    expect(expBounds(0n)).toEqual({ lo: ONE, hi: ONE });
    expect(expBounds(-(ONE << 20n))).toEqual({ lo: 0n, hi: 1n });
    expect(() => expBounds(ONE << 20n)).toThrow('exp of a number above 100000');
  });

  test('published digits of ln 2, ln 10 and e', () => {
    const log = field.log(field.from([2, 10]));
    const e = field.exp(field.from([1]));
    expect([
      sureDecimals(element(log, 0), 50),
      sureDecimals(element(log, 1)),
      sureDecimals(element(e, 0), 40),
    ]).toEqual([
      '0.69314718055994530941723212145817656807550013436026',
      '2.302585092994045684017991454684',
      '2.7182818284590452353602874713526624977572',
    ]);
  });

  test('of intervals both ends; numbers outside the domain are refused', () => {
    const wide = { lo: [ONE], hi: [3n * ONE] };
    expect(field.log(wide)).toEqual({ lo: [0n], hi: [logBounds(3n * ONE).hi] });
    expect(field.exp(wide)).toEqual({ lo: [expBounds(ONE).lo], hi: [expBounds(3n * ONE).hi] });
    expect(() => field.log(field.from([1, 0]))).toThrow('log of element 1, which may be 0');
  });
});

test('numbers of float64 are exact from 2^-139 on, and bounds of float64 are the nearest ones', () => {
  const values = fc.double({ min: -1e30, max: 1e30, noNaN: true });
  fc.assert(
    fc.property(values, (x) => {
      const { lo, hi } = element(field.from([x]), 0);
      expect(encloses({ lo, hi }, exact(x))).toBe(true);
      expect(hi - lo).toBeLessThanOrEqual(1n);
      if (Math.abs(x) >= 2 ** -139) expect([floatBelow(lo), floatAbove(hi)]).toEqual([x + 0, x + 0]);
    }),
    { numRuns: 200 },
  );
  fc.assert(
    fc.property(fc.bigInt(-(ONE << 90n), ONE << 90n), (x) => {
      const [below, above] = [floatBelow(x), floatAbove(x)];
      expect(encloses(element(field.from([below]), 0), of(x)) || below < above).toBe(true);
      expect(atMost(exact(below), of(x)) && atMost(of(x), exact(above))).toBe(true);
      expect(above - below).toBeLessThanOrEqual(Math.abs(above) * 2 ** -51);
    }),
    { numRuns: 200 },
  );
});

test('quotients of every sign, and divisors that contain 0', () => {
  const signs = field.div(field.from([1, -1, 1, -1]), field.from([3, 3, -3, -3]));
  for (const [i, n] of [1n, -1n, -1n, 1n].entries()) {
    expect(encloses(element(signs, i), fraction(n, 3n))).toBe(true);
    expect(encloses(element(signs, i), fraction(-n, 3n))).toBe(false);
  }
  const third = quotientsOf([[1n, 3n]]);
  expect(() => field.div(field.ones(1), field.sub(third, third))).toThrow(DivisionByZero);
  expect(() => field.add(field.ones(1), field.ones(2))).toThrow('1 elements beside 2');
});

test('decimals are those that both bounds agree on', () => {
  const half = ONE / 2n;
  expect(sureDecimals({ lo: half, hi: half }, 3)).toBe('0.500');
  expect(sureDecimals({ lo: ONE - 1n, hi: ONE + 1n }, 4)).toBe('1.0000');
  expect(sureDecimals({ lo: -half - 1n, hi: 1n - half }, 4)).toBe('-0.5000');
  expect(sureDecimals({ lo: (half * 241n) / 100n, hi: (half * 247n) / 100n })).toBe('1.2');
  expect(sureDecimals({ lo: -1n, hi: 1n }, 3)).toBe('0.000');
  expect(sureDecimals({ lo: 0n, hi: 5n * ONE })).toBeUndefined();
});
