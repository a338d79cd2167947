// A random element of GF(2^61 − 1) in the place of a rational function, with bounds on the degrees of that function: one run of a
// formula tests an identity and derives the degree which the bound of Schwartz and Zippel needs.
import { DivisionByZero } from '../../algebra/exactField.ts';
import {
  addFractions,
  divideFractions,
  type Fraction,
  isBelow,
  multiplyFractions,
  subtractFractions,
} from '../../algebra/fraction.ts';
import { PRIME } from '../../algebra/primeField.ts';

/** The value of a rational function at a point, and what is known of the function. */
export class Element {
  /** In [0, p). */
  readonly residue: bigint;
  /** Bounds on the total degrees of numerator and denominator. */
  readonly degree: number;
  readonly denominator: number;
  /** The number that the function is, where it is known to be constant. */
  readonly constant: Fraction | undefined;

  constructor(residue: bigint, degree: number, denominator: number, constant?: Fraction) {
    this.residue = residue;
    this.degree = degree;
    this.denominator = denominator;
    this.constant = constant;
  }
}

/** The residue of an integer. */
export function residueOf(n: bigint): bigint {
  const rest = n % PRIME;
  return rest < 0n ? rest + PRIME : rest;
}

/** 1/a modulo p, by the extended algorithm of Euclid. */
function inverse(a: bigint): bigint {
  let [r, next, x, nextX] = [PRIME, a, 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [x, nextX] = [nextX, x - quotient * nextX];
  }
  return residueOf(x);
}

/** A number as an element. */
export function constantElement(value: Fraction): Element {
  const residue = residueOf(residueOf(value.n) * inverse(residueOf(value.d)));
  return new Element(residue, 0, 0, value);
}

function both(a: Element, b: Element, f: (x: Fraction, y: Fraction) => Fraction): Fraction | undefined {
  return a.constant === undefined || b.constant === undefined ? undefined : f(a.constant, b.constant);
}

/** The degree of the numerator of a sum or difference. */
function degreeOfSum(a: Element, b: Element): number {
  return Math.max(a.degree + b.denominator, b.degree + a.denominator);
}

function isConstant(a: Element, value: bigint): boolean {
  return a.constant?.n === value && a.constant.d === 1n;
}

/** a + b. What is known to be 0 or 1 changes nothing here and below, so that x/1 − x is known to be 0. */
export function addElements(a: Element, b: Element): Element {
  if (isConstant(a, 0n)) return b;
  if (isConstant(b, 0n)) return a;
  const sum = a.residue + b.residue;
  const residue = sum >= PRIME ? sum - PRIME : sum;
  return new Element(residue, degreeOfSum(a, b), a.denominator + b.denominator, both(a, b, addFractions));
}

/** a − b. */
export function subtractElements(a: Element, b: Element): Element {
  if (a === b) return new Element(0n, 0, 0, { n: 0n, d: 1n });
  if (isConstant(b, 0n)) return a;
  const difference = a.residue - b.residue;
  const residue = difference < 0n ? difference + PRIME : difference;
  const constant = both(a, b, subtractFractions);
  return new Element(residue, degreeOfSum(a, b), a.denominator + b.denominator, constant);
}

/** a·b. */
export function multiplyElements(a: Element, b: Element): Element {
  if (isConstant(a, 1n) || isConstant(b, 0n)) return b;
  if (isConstant(b, 1n) || isConstant(a, 0n)) return a;
  const residue = (a.residue * b.residue) % PRIME;
  const constant = both(a, b, multiplyFractions);
  return new Element(residue, a.degree + b.degree, a.denominator + b.denominator, constant);
}

/**
 * a/b.
 * @throws DivisionByZero if b is 0 at this point
 */
export function divideElements(a: Element, b: Element): Element {
  if (b.residue === 0n) throw new DivisionByZero(0);
  if (isConstant(b, 1n)) return a;
  const residue = (a.residue * inverse(b.residue)) % PRIME;
  const constant = both(a, b, divideFractions);
  return new Element(residue, a.degree + b.denominator, a.denominator + b.degree, constant);
}

/** Numerators and denominators up to this are taken for those of a constant that is not known yet. */
const LARGEST = 1n << 20n;

/** The fraction of small integers that has this residue, if there is one; found by the algorithm of Euclid (Wang 1981). */
export function smallFraction(residue: bigint): Fraction | undefined {
  let [r, next, x, nextX] = [PRIME, residue, 0n, 1n];
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
