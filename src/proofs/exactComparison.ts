// How far two sides are apart without rounding: in fractions, or by intervals that have the true numbers in them.
import {
  addFractions,
  type Fraction,
  fraction,
  fractionToNumber,
  isBelow,
  negated,
} from '../algebra/fraction.ts';
import { type IntervalArray, intervalField } from '../algebra/interval.ts';
import type { RationalArray } from '../algebra/rationals.ts';
import type { Comparison } from '../claims/check.ts';

/**
 * Where the two sides differ most. A difference too small for float64 is the smallest number above 0.
 * @param above only what left is above right by
 */
export function fractionsApart(left: RationalArray, right: RationalArray, above = false): Comparison {
  let [at, widest] = [0, fraction(0n)];
  const size = (x: Fraction): Fraction => (x.n >= 0n ? x : above ? fraction(0n) : negated(x));
  left.forEach((x, i) => {
    const gap = size(addFractions(x, negated(right[i]!)));
    if (isBelow(widest, gap)) [at, widest] = [i, gap];
  });
  const [measured, expected] = [left[at], right[at]].map((x) => (x === undefined ? 0 : fractionToNumber(x)));
  const error = widest.n === 0n ? 0 : Math.max(Number.MIN_VALUE, fractionToNumber(widest));
  return { measured: measured!, expected: expected!, error };
}

/**
 * By how much the true numbers differ at least: 0 where the intervals of every entry have a number in common. Measured and expected are
 * the middles.
 * @param above only what left is above right by
 */
export function intervalsApart(left: IntervalArray, right: IntervalArray, above = false): Comparison {
  const { lo, hi } = intervalField.sub(left, right);
  let [at, error] = [0, 0];
  for (const [i, low] of lo.entries()) {
    const apart = Math.max(low, above ? 0 : -hi[i]!);
    if (apart > error) [at, error] = [i, apart];
  }
  const middle = (side: IntervalArray): number =>
    side.lo.length === 0 ? 0 : side.lo[at]! + (side.hi[at]! - side.lo[at]!) / 2;
  return { measured: middle(left), expected: middle(right), error };
}
