// What addition and multiplication share: numbers of fixed width, one right answer, and a split by carries.
import { COUNT, numberOption } from '../base/options.ts';
import type { Legal } from './task.ts';
import { digitOf, digitToken } from './tokens.ts';

/** The largest number of digits of an operand. */
const MOST_DIGITS = 8;

/** Tokens 0 … 9. */
export const DIGIT_TOKENS: readonly number[] = Array.from({ length: 10 }, (_, d) => digitToken(d));

/** `count` positions that each hold any digit. */
export function digitPositions(count: number): Legal {
  return Array.from({ length: count }, () => DIGIT_TOKENS);
}

/** Digits of an operand. */
export const digitsOption = {
  digits: numberOption(
    3,
    {
      expected: `an integer from 2 to ${MOST_DIGITS}`,
      holds: (x) => Number.isSafeInteger(x) && x >= 2 && x <= MOST_DIGITS,
    },
    'Digits of an operand; shorter numbers begin with zeros.',
  ),
};

/** Largest number of carries in training. */
export const mostCarriesOption = {
  mostCarries: numberOption(1, COUNT, 'Training has at most this many carries; OOD has more.'),
};

/** How many digits are carried over from one position to the next, the last one included, in Σ of column terms. */
export function countCarries(columns: readonly number[]): number {
  let carry = 0;
  let count = 0;
  for (let i = columns.length - 1; i >= 0; i--) {
    carry = Math.floor((columns[i]! + carry) / 10);
    if (carry > 0) count++;
  }
  return count;
}

/** Digits of tokens. */
export function digitsOf(tokens: readonly number[]): number[] {
  return tokens.map(digitOf);
}

/** Whether two lists of tokens are the same. */
export function sameTokens(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
}
