// What an entry of a policy file may be: a logit, odds, or an amount of reward; the last two also as fractions such as "3/7".
import {
  decimalFraction,
  type Fraction,
  fraction,
  parseFraction,
  showFraction,
} from '../algebra/fraction.ts';
import { isFiniteNumber } from '../base/fields.ts';

/** One kind of entry: its description in messages, and its value if it is one. */
export interface EntryKind<T> {
  readonly expected: string;
  readonly read: (value: unknown) => T | undefined;
}

/** A logit. */
export const LOGIT: EntryKind<number> = {
  expected: 'a finite number',
  read: (value) => (isFiniteNumber(value) ? value : undefined),
};

function readFraction(value: unknown): Fraction | undefined {
  if (typeof value === 'string') return parseFraction(value);
  return Number.isSafeInteger(value) ? fraction(BigInt(value as number)) : undefined;
}

/** Odds, e to the power of a logit. */
export const ODDS: EntryKind<Fraction> = {
  expected: 'an integer or a fraction such as "3/7", above 0',
  read: (value) => {
    const odds = readFraction(value);
    return odds !== undefined && odds.n > 0n ? odds : undefined;
  },
};

/** A reward or a cost. */
export const AMOUNT: EntryKind<number | Fraction> = {
  expected: 'a finite number or a fraction such as "3/7"',
  read: (value) => (typeof value === 'string' ? parseFraction(value) : LOGIT.read(value)),
};

/** All amounts as fractions, if any was given as one; a decimal number is the fraction that it writes. */
export function exactAmounts(amounts: readonly (number | Fraction)[]): readonly Fraction[] | undefined {
  if (amounts.every((amount) => typeof amount === 'number')) return undefined;
  return amounts.map((amount) => (typeof amount === 'number' ? decimalFraction(amount) : amount));
}

/** A fraction as it stands in a file: an integer where that is exact, else a text. */
export function writtenFraction(value: Fraction): number | string {
  const isSmall = value.d === 1n && BigInt.asIntN(54, value.n) === value.n;
  return isSmall ? Number(value.n) : showFraction(value);
}
