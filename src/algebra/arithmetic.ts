// The operations on single elements in which a formula is written once, for numbers, fractions, intervals and random elements of a
// finite field.

/**
 * Elements T and what can be done with them. Roots, exponentials and logarithms are numbers where T has them, and free symbols where it
 * has none; equal arguments have equal results, and √0 = 0, e⁰ = 1, log 1 = 0 always.
 */
export interface Arithmetic<T> {
  /** A number, exactly as it is written in decimals: 0.2 is 1/5. */
  number(value: number): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  /** a/b; what divides by 0 has no value. */
  div(a: T, b: T): T;
  sqrt(a: T): T;
  exp(a: T): T;
  log(a: T): T;
  /** Whether a > b. Where elements have no order this is a case, and the formula runs once for each answer. */
  isAbove(a: T, b: T): boolean;
  /** Whether a is 0, whatever its free symbols are. */
  isZero(a: T): boolean;
}

/** Double precision. */
export const float64Arithmetic: Arithmetic<number> = {
  number: (value) => value,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  isAbove: (a, b) => a > b,
  isZero: (a) => a === 0,
};

/** Σ of elements; 0 of none. */
export function sumOf<T>(field: Arithmetic<T>, elements: readonly T[]): T {
  return elements.reduce(field.add, field.number(0));
}
