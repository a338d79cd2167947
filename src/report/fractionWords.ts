// Fractions as people read them: short ones in full, long ones by a decimal and by how long they are.
import { type Fraction, fractionToNumber, showFraction } from '../algebra/fraction.ts';
import { formatNumber } from './format.ts';

/** Longer fractions are not shown in a line. */
export const MOST_CHARACTERS = 60;

/** The digits of a fraction: `12/13 digits`, or `12 digits` of an integer. */
function digitsOf({ n, d }: Fraction): string {
  const digits = (x: bigint): number => (x < 0n ? -x : x).toString().length;
  return d === 1n ? `${digits(n)} digits` : `${digits(n)}/${digits(d)} digits`;
}

/** A fraction in one line: itself if it is short, otherwise a decimal and its digits. */
export function fractionWords(value: Fraction): { readonly text: string; readonly isWhole: boolean } {
  const text = showFraction(value);
  if (text.length <= MOST_CHARACTERS) return { text, isWhole: true };
  return { text: `≈ ${formatNumber(fractionToNumber(value))} (${digitsOf(value)})`, isWhole: false };
}
