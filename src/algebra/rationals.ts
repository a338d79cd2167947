// The field ℚ by arrays of fractions in lowest terms. Fractions that are reduced at every step stay small where sums cancel, which
// those of identities do; left unreduced they double in length with every product.

import { DivisionByZero, type ExactField } from './exactField.ts';
import {
  addFractions,
  type Fraction,
  fraction,
  multiplyFractions,
  negated,
  reciprocal,
  showFraction,
} from './fraction.ts';

/** An array of rational numbers in lowest terms. */
export type RationalArray = readonly Fraction[];

const ZERO: Fraction = { n: 0n, d: 1n };
const ONE: Fraction = { n: 1n, d: 1n };

function zip(f: (a: Fraction, b: Fraction) => Fraction): (a: RationalArray, b: RationalArray) => Fraction[] {
  return (a, b) => {
    if (a.length !== b.length) throw new RangeError(`${a.length} elements beside ${b.length}`);
    return a.map((x, i) => f(x, b[i]!));
  };
}

function refuseZero(divisor: RationalArray): void {
  const at = divisor.findIndex(({ n }) => n === 0n);
  if (at >= 0) throw new DivisionByZero(at);
}

const quotients = zip((x, y) => multiplyFractions(x, reciprocal(y)));

/**
 * ℚ, by arrays.
 * @throws DivisionByZero from `div` and `fractions`, naming the element
 */
export const rationalField: ExactField<RationalArray> = {
  name: 'ℚ',
  size: (a) => a.length,
  from: (values) => Array.from(values, (value) => fraction(BigInt(value))),
  fractions: (numerators, denominators) => {
    const zero = denominators.indexOf(0n);
    if (zero >= 0) throw new DivisionByZero(zero);
    return numerators.map((n, i) => fraction(n, denominators[i]!));
  },
  ones: (n) => new Array<Fraction>(n).fill(ONE),
  gather: (a, index) => Array.from(index, (i) => a[i]!),
  slice: (a, from, to) => a.slice(from, to),
  concat: (parts) => parts.flat(),
  add: zip(addFractions),
  sub: zip((x, y) => addFractions(x, negated(y))),
  mul: zip(multiplyFractions),
  div: (a, b) => {
    refuseZero(b);
    return quotients(a, b);
  },
  segmentSum: (a, segment, segments) => {
    const out = new Array<Fraction>(segments).fill(ZERO);
    a.forEach((x, i) => {
      const s = segment[i]!;
      out[s] = addFractions(out[s]!, x);
    });
    return out;
  },
  firstNonZero: (a) => a.findIndex(({ n }) => n !== 0n),
  show: (a, index) => showFraction(a[index]!),
};
