// A random residue in the place of a rational function, with bounds on its degrees and coefficients: one run of a formula tests an identity
// and derives the degree and the height which the bound of Schwartz and Zippel over ℚ needs.
import { addHeights, heightOf } from '../../algebra/degree.ts';
import { DivisionByZero } from '../../algebra/exactField.ts';
import {
  addFractions,
  divideFractions,
  type Fraction,
  isBelow,
  multiplyFractions,
  subtractFractions,
} from '../../algebra/fraction.ts';
import { FormulaError } from './formulaError.ts';

/** A bound on a polynomial: its total degree, and log2 of the sum of absolute values of its integer coefficients. */
export interface Size {
  readonly degree: number;
  readonly height: number;
}

/** The value of a rational function at a point, and what is known of the function. */
export class Element {
  /** In [0, q). */
  readonly residue: bigint;
  readonly numerator: Size;
  readonly denominator: Size;
  /** The number that the function is, where it is known to be constant. */
  readonly constant: Fraction | undefined;

  constructor(residue: bigint, numerator: Size, denominator: Size, constant?: Fraction) {
    this.residue = residue;
    this.numerator = numerator;
    this.denominator = denominator;
    this.constant = constant;
  }

  /** @throws FormulaError since JavaScript would take every comparison with an element for false */
  [Symbol.toPrimitive](): never {
    throw new FormulaError(
      'an element of the field beside an operator such as + or >; field.add, field.isAbove and the like take elements',
    );
  }
}

/** The size of 1 and of a symbol. */
const UNIT: Size = { degree: 0, height: 0 };
const LINEAR: Size = { degree: 1, height: 0 };
const NOTHING: Size = { degree: 0, height: 0 };

function product(a: Size, b: Size): Size {
  return { degree: a.degree + b.degree, height: a.height + b.height };
}

/** The numerator of a sum or difference. */
function sumOfProducts(a: Element, b: Element): Size {
  const [left, right] = [product(a.numerator, b.denominator), product(b.numerator, a.denominator)];
  return {
    degree: Math.max(left.degree, right.degree),
    height: addHeights(left.height, right.height),
  };
}

function both(a: Element, b: Element, f: (x: Fraction, y: Fraction) => Fraction): Fraction | undefined {
  return a.constant === undefined || b.constant === undefined ? undefined : f(a.constant, b.constant);
}

function isConstant(a: Element, value: bigint): boolean {
  return a.constant?.n === value && a.constant.d === 1n;
}

/** The operations modulo a prime. What is known to be 0 or 1 changes nothing, so that x/1 − x is known to be 0. */
export class Elements {
  readonly prime: bigint;

  /** @param prime below 2^61 */
  constructor(prime: bigint) {
    this.prime = prime;
  }

  /** A free symbol with its value. */
  symbol(residue: bigint): Element {
    return new Element(residue, LINEAR, UNIT);
  }

  /** A number as an element. @throws DivisionByZero if its denominator is a multiple of the prime */
  constant(value: Fraction): Element {
    const residue = this.residueOf(this.residueOf(value.n) * this.inverse(this.residueOf(value.d)));
    const size = (n: bigint): Size =>
      n === 1n ? UNIT : n === 0n ? NOTHING : { degree: 0, height: heightOf(n) };
    return new Element(residue, size(value.n), size(value.d), value);
  }

  add(a: Element, b: Element): Element {
    if (isConstant(a, 0n)) return b;
    if (isConstant(b, 0n)) return a;
    return this.known(both(a, b, addFractions)) ?? this.summed(a, b, a.residue + b.residue);
  }

  sub(a: Element, b: Element): Element {
    if (a === b) return this.constant({ n: 0n, d: 1n });
    if (isConstant(b, 0n)) return a;
    return this.known(both(a, b, subtractFractions)) ?? this.summed(a, b, a.residue - b.residue);
  }

  mul(a: Element, b: Element): Element {
    if (isConstant(a, 1n) || isConstant(b, 0n)) return b;
    if (isConstant(b, 1n) || isConstant(a, 0n)) return a;
    const known = this.known(both(a, b, multiplyFractions));
    if (known !== undefined) return known;
    const residue = (a.residue * b.residue) % this.prime;
    return new Element(residue, product(a.numerator, b.numerator), product(a.denominator, b.denominator));
  }

  /** @throws DivisionByZero if b is 0 at this point */
  div(a: Element, b: Element): Element {
    if (b.residue === 0n) throw new DivisionByZero(0);
    if (isConstant(b, 1n)) return a;
    const known = this.known(both(a, b, divideFractions));
    if (known !== undefined) return known;
    const residue = (a.residue * this.inverse(b.residue)) % this.prime;
    return new Element(residue, product(a.numerator, b.denominator), product(a.denominator, b.numerator));
  }

  private known(value: Fraction | undefined): Element | undefined {
    return value === undefined ? undefined : this.constant(value);
  }

  private summed(a: Element, b: Element, residue: bigint): Element {
    return new Element(this.residueOf(residue), sumOfProducts(a, b), product(a.denominator, b.denominator));
  }

  private residueOf(n: bigint): bigint {
    const rest = n % this.prime;
    return rest < 0n ? rest + this.prime : rest;
  }

  /** 1/a, by the extended algorithm of Euclid. */
  private inverse(a: bigint): bigint {
    if (a === 0n) throw new DivisionByZero(0);
    let [r, next, x, nextX] = [this.prime, a, 0n, 1n];
    while (next !== 0n) {
      const quotient = r / next;
      [r, next] = [next, r - quotient * next];
      [x, nextX] = [nextX, x - quotient * nextX];
    }
    return this.residueOf(x);
  }
}

/** Numerators and denominators up to this are taken for those of a constant that is not known yet. */
const LARGEST = 1n << 20n;

/** The fraction of small integers that has this residue modulo a prime, if there is one; found by the algorithm of Euclid (Wang 1981). */
export function smallFraction(residue: bigint, prime: bigint): Fraction | undefined {
  let [r, next, x, nextX] = [prime, residue, 0n, 1n];
  while (next > LARGEST) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [x, nextX] = [nextX, x - quotient * nextX];
  }
  const d = nextX < 0n ? -nextX : nextX;
  return d > LARGEST || d === 0n ? undefined : { n: nextX < 0n ? -next : next, d };
}

/** Whether a constant is above another. */
export function isConstantAbove(a: Fraction, b: Fraction): boolean {
  return isBelow(b, a);
}
