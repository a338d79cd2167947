// Degrees in place of numbers: a program that runs over them computes a bound on the degree of the rational function that it
// computes, so that nobody derives by hand the degree which the bound of Schwartz and Zippel needs.
import type { ArrayField } from '../base/field.ts';

/** A polynomial by which something was divided. Equal objects are the same polynomial. */
interface Factor {
  readonly degree: number;
  readonly height: number;
}

/**
 * A rational function P·Π f^e, as a bound on the total degree of P and on its height, which is log2 of the sum of the absolute
 * values of its coefficients. Two elements that are the same object are the same function.
 */
interface Element {
  readonly degree: number;
  readonly height: number;
  /** The exponents e of the factors f; negative in the denominator. */
  readonly exponents: ReadonlyMap<Factor, number>;
  /** P as a factor, once something was divided by this element. */
  numerator: Factor | undefined;
}

/** An array of degree bounds. Only its field looks into it. */
export class DegreeArray {
  readonly elements: readonly Element[];

  constructor(elements: readonly Element[]) {
    this.elements = elements;
  }
}

const NONE: ReadonlyMap<Factor, number> = new Map();

function element(degree: number, height: number, exponents: ReadonlyMap<Factor, number>): Element {
  return { degree, height, exponents, numerator: undefined };
}

const ZERO = element(0, Number.NEGATIVE_INFINITY, NONE);
const ONE = element(0, 0, NONE);

/** log2(2^a + 2^b), rounded upwards. */
export function addHeights(a: number, b: number): number {
  const top = Math.max(a, b);
  if (top === Number.NEGATIVE_INFINITY) return top;
  return (top + Math.log2(1 + 2 ** (Math.min(a, b) - top))) * (1 + 2 ** -40) + 2 ** -40;
}

/** The element with its numerator among the factors, if that was divided by, so that it cancels there. */
function factored(x: Element): Element {
  if (x.numerator === undefined) return x;
  const exponents = new Map(x.exponents);
  shift(exponents, x.numerator, 1);
  return element(0, 0, exponents);
}

function shift(exponents: Map<Factor, number>, factor: Factor, by: number): void {
  const exponent = (exponents.get(factor) ?? 0) + by;
  if (exponent === 0) exponents.delete(factor);
  else exponents.set(factor, exponent);
}

function merged(a: Element, b: Element, sign: 1 | -1): ReadonlyMap<Factor, number> {
  if (b.exponents.size === 0) return a.exponents;
  if (a.exponents.size === 0 && sign === 1) return b.exponents;
  const exponents = new Map(a.exponents);
  for (const [factor, exponent] of b.exponents) shift(exponents, factor, sign * exponent);
  return exponents;
}

function times(x: Element, y: Element): Element {
  if (x === ZERO || y === ZERO) return ZERO;
  if (x === ONE) return y;
  if (y === ONE) return x;
  const [a, b] = [factored(x), factored(y)];
  return element(a.degree + b.degree, a.height + b.height, merged(a, b, 1));
}

/** P_x and P_y over the common part Π f^min(e_x, e_y) of both. */
function plus(x: Element, y: Element): Element {
  if (x === ZERO) return y;
  if (y === ZERO) return x;
  if (x.exponents.size === 0 && y.exponents.size === 0) {
    return element(Math.max(x.degree, y.degree), addHeights(x.height, y.height), NONE);
  }
  const [a, b] = [factored(x), factored(y)];
  const exponents = new Map<Factor, number>();
  const [left, right] = [
    { degree: a.degree, height: a.height },
    { degree: b.degree, height: b.height },
  ];
  for (const factor of new Set([...a.exponents.keys(), ...b.exponents.keys()])) {
    const [i, j] = [a.exponents.get(factor) ?? 0, b.exponents.get(factor) ?? 0];
    const common = Math.min(i, j);
    if (common !== 0) exponents.set(factor, common);
    left.degree += (i - common) * factor.degree;
    left.height += (i - common) * factor.height;
    right.degree += (j - common) * factor.degree;
    right.height += (j - common) * factor.height;
  }
  return element(Math.max(left.degree, right.degree), addHeights(left.height, right.height), exponents);
}

/**
 * The sum of elements, of neighbours first and then of their sums: an accumulator would carry the factors of all elements so far through
 * every addition, and take time that grows with the square of their number.
 */
function sum(elements: readonly Element[]): Element {
  let sums = elements;
  while (sums.length > 1) {
    const before = sums;
    sums = Array.from({ length: Math.ceil(before.length / 2) }, (_, i) =>
      plus(before[2 * i]!, before[2 * i + 1] ?? ZERO),
    );
  }
  return sums[0] ?? ZERO;
}

/** x − y: known to be 0 where both are the same function, and −y is another function than y. */
function minus(x: Element, y: Element): Element {
  if (x === y) return ZERO;
  if (x !== ZERO) return plus(x, y);
  const { degree, height, exponents } = factored(y);
  return element(degree, height, exponents);
}

function zip(f: (x: Element, y: Element) => Element): (a: DegreeArray, b: DegreeArray) => DegreeArray {
  return (a, b) => {
    if (a.elements.length !== b.elements.length) {
      throw new RangeError(`${a.elements.length} elements beside ${b.elements.length}`);
    }
    return new DegreeArray(a.elements.map((x, i) => f(x, b.elements[i]!)));
  };
}

/** What is known of an array of rational functions. */
export interface DegreeBound {
  /** No numerator has a larger total degree. */
  readonly degree: number;
  /** No denominator has a larger total degree. */
  readonly denominator: number;
  /** The sum of the degrees of all polynomials by which the field divided so far: none of them may vanish at a point. */
  readonly divisors: number;
  /** The sum of the heights of all these polynomials. */
  readonly divisorHeight: number;
  /** log2 of a bound on the sum of absolute values of each numerator's integer coefficients. */
  readonly height: number;
}

/** Degrees of rational functions with integer coefficients, by arrays; a field for one program. */
export interface DegreeField extends ArrayField<DegreeArray> {
  /** n free symbols, all different. */
  symbols(n: number): DegreeArray;
  /** Constants that are fractions. */
  fractions(numerators: readonly bigint[], denominators: readonly bigint[]): DegreeArray;
  /** Bounds an array's numerators; that of `sub(left, right)` is the degree of an identity. */
  bound(a: DegreeArray): DegreeBound;
  /** Whether each element is known to be 0, whatever the symbols are. */
  zeros(a: DegreeArray): boolean[];
}

/** log2 of an integer other than 0, rounded upwards. */
export function heightOf(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).length;
}

/**
 * A field of degrees. Free symbols have degree 1 and constants 0. Denominators are kept as products of what was divided by: a sum
 * over a common denominator does not multiply it, and a factor that is divided by and multiplied with again cancels.
 */
export function degreeField(): DegreeField {
  let divisors = 0;
  let divisorHeight = 0;
  const constantFactors = new Map<bigint, Factor>();
  const constant = (value: bigint): Element =>
    value === 0n ? ZERO : value === 1n ? ONE : element(0, heightOf(value), NONE);

  function over(x: Element, y: Element): Element {
    if (y === ZERO) throw new RangeError('a division by the constant 0');
    if (x === ZERO || y === ONE) return x;
    if (y.numerator === undefined) {
      y.numerator = { degree: y.degree, height: y.height };
      divisors += y.degree;
      divisorHeight += y.height;
    }
    const [a, b] = [factored(x), factored(y)];
    return element(a.degree, a.height, merged(a, b, -1));
  }

  const field: DegreeField = {
    symbols: (n) => new DegreeArray(Array.from({ length: n }, () => element(1, 0, NONE))),
    from: (values) => new DegreeArray(Array.from(values, (value) => constant(BigInt(value)))),
    fractions: (numerators, denominators) =>
      new DegreeArray(
        numerators.map((n, i) => {
          const d = denominators[i]!;
          if (n === 0n || d === 1n) return constant(n);
          const factor = constantFactors.get(d) ?? { degree: 0, height: heightOf(d) };
          constantFactors.set(d, factor);
          return element(0, heightOf(n), new Map([[factor, -1]]));
        }),
      ),
    ones: (n) => new DegreeArray(new Array<Element>(n).fill(ONE)),
    gather: ({ elements }, index) => new DegreeArray(Array.from(index, (i) => elements[i]!)),
    slice: ({ elements }, from, to) => new DegreeArray(elements.slice(from, to)),
    concat: (parts) => new DegreeArray(parts.flatMap(({ elements }) => elements)),
    add: zip(plus),
    sub: zip(minus),
    mul: zip(times),
    div: zip(over),
    segmentSum: ({ elements }, segment, segments) => {
      const members = Array.from({ length: segments }, (): Element[] => []);
      elements.forEach((x, i) => {
        members[segment[i]!]!.push(x);
      });
      return new DegreeArray(members.map(sum));
    },
    bound: ({ elements }) => {
      const bound = { degree: 0, denominator: 0, divisors, divisorHeight, height: 0 };
      for (const x of elements) {
        const { degree, height, exponents } = factored(x);
        const own = { degree, denominator: 0, height };
        for (const [factor, exponent] of exponents) {
          if (exponent < 0) own.denominator -= exponent * factor.degree;
          else {
            own.degree += exponent * factor.degree;
            own.height += exponent * factor.height;
          }
        }
        bound.degree = Math.max(bound.degree, own.degree);
        bound.denominator = Math.max(bound.denominator, own.denominator);
        bound.height = Math.max(bound.height, own.height);
      }
      return bound;
    },
    zeros: ({ elements }) => elements.map((x) => x === ZERO),
  };
  return field;
}
