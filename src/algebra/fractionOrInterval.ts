// Numbers that are exact fractions as long as + − · / make them, and intervals with outward rounding after a root, an exponential or a
// logarithm: what such a number excludes is impossible, whatever the rounding.
import type { Arithmetic } from './arithmetic.ts';
import { DivisionByZero } from './exactField.ts';
import {
  addFractions,
  decimalFraction,
  divideFractions,
  type Fraction,
  fraction,
  isBelow,
  multiplyFractions,
  subtractFractions,
} from './fraction.ts';
import { type IntervalArray, intervalField } from './interval.ts';

/** A number: the fraction that it is, or an interval [1] in which it lies. */
export type FractionOrInterval = Fraction | IntervalArray;

/** A comparison that an interval leaves open. */
export class UndecidedError extends Error {
  override readonly name: string = 'UndecidedError';
}

/** Whether a number is known exactly. */
export function isExact(a: FractionOrInterval): a is Fraction {
  return 'd' in a;
}

/** The lower and the upper bound of a number. */
export function boundsOf(a: FractionOrInterval): readonly [lo: number, hi: number] {
  const { lo, hi } = interval(a);
  return [lo[0]!, hi[0]!];
}

function interval(a: FractionOrInterval): IntervalArray {
  return isExact(a) ? intervalField.fractions([a.n], [a.d]) : a;
}

function either(
  exactly: (a: Fraction, b: Fraction) => Fraction,
  within: (a: IntervalArray, b: IntervalArray) => IntervalArray,
): (a: FractionOrInterval, b: FractionOrInterval) => FractionOrInterval {
  return (a, b) => (isExact(a) && isExact(b) ? exactly(a, b) : within(interval(a), interval(b)));
}

/** ⌊√n⌋ of an integer of at least 0. */
function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** The root of a fraction that is a square. */
function exactRoot(a: Fraction): Fraction | undefined {
  if (a.n < 0n) return undefined;
  const [n, d] = [integerRoot(a.n), integerRoot(a.d)];
  return n * n === a.n && d * d === a.d ? fraction(n, d) : undefined;
}

/** Whether 0 may be the number; anything may be where the range of float64 was left and bounds are NaN. */
export function mayBeZero(a: FractionOrInterval): boolean {
  if (isExact(a)) return a.n === 0n;
  const [lo, hi] = boundsOf(a);
  return !(lo > 0 || hi < 0);
}

/** The smallest interval that holds both; a fraction if both are the same one. */
export function hull(a: FractionOrInterval, b: FractionOrInterval): FractionOrInterval {
  if (isExact(a) && isExact(b) && a.n === b.n && a.d === b.d) return a;
  const [x, y] = [boundsOf(a), boundsOf(b)];
  return { lo: Float64Array.of(Math.min(x[0], y[0])), hi: Float64Array.of(Math.max(x[1], y[1])) };
}

function isAbove(a: FractionOrInterval, b: FractionOrInterval): boolean {
  if (isExact(a) && isExact(b)) return isBelow(b, a);
  const [low, high] = boundsOf(intervalField.sub(interval(a), interval(b)));
  if (low > 0) return true;
  if (high <= 0) return false;
  throw new UndecidedError('a comparison of intervals that overlap');
}

/**
 * Fractions, and intervals where there are none. Comparisons that intervals leave open throw an UndecidedError, divisions by what may be
 * 0 a DivisionByZero, and roots and logarithms of what may be below 0 a RangeError.
 */
export const fractionsOrIntervals: Arithmetic<FractionOrInterval> = {
  number: decimalFraction,
  add: either(addFractions, intervalField.add),
  sub: either(subtractFractions, intervalField.sub),
  mul: either(multiplyFractions, intervalField.mul),
  div: (a, b) => {
    if (mayBeZero(b)) throw new DivisionByZero(0);
    return either(divideFractions, intervalField.div)(a, b);
  },
  sqrt: (a) => (isExact(a) ? exactRoot(a) : undefined) ?? intervalField.sqrt(interval(a)),
  exp: (a) => (isExact(a) && a.n === 0n ? fraction(1n) : intervalField.exp(interval(a))),
  log: (a) => (isExact(a) && a.n === a.d ? fraction(0n) : intervalField.log(interval(a))),
  isAbove,
  isZero: (a) => {
    if (isExact(a)) return a.n === 0n;
    if (!mayBeZero(a)) return false;
    throw new UndecidedError('an interval that holds 0 and more');
  },
};
