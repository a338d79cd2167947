// Fields in which equality is decided: an identity holds there or it does not, and no tolerance is asked for.
import type { ArrayField } from '../base/field.ts';

/** A field of exact elements, by arrays. Integers of `from` are exact; a number that is no integer is refused. */
export interface ExactField<A> extends ArrayField<A> {
  /** As shown to people: `GF(2^61-1)`, `ℚ`. */
  readonly name: string;
  /** The number of elements of an array. */
  size(a: A): number;
  /** The index of the first element that is not zero, or −1 if all are. */
  firstNonZero(a: A): number;
  /** One element as a text that `fractions` reads back. */
  show(a: A, index: number): string;
  /** Elements from fractions such as 3/7: numerators and denominators. */
  fractions(numerators: readonly bigint[], denominators: readonly bigint[]): A;
}

/** A division by an element that is zero at this point, though it need not be the zero function: another point may do. */
export class DivisionByZero extends Error {
  override readonly name: string = 'DivisionByZero';

  /**
   * @param index the index of the first divisor that is zero
   * @param what what is wrong with it
   */
  constructor(index: number, what = 'is zero') {
    super(`element ${index} of the divisor ${what}`);
  }
}
