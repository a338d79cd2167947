// A random point at which formulas run: their free symbols, the roots and logarithms of what they compute as further symbols, and the
// cases of every comparison that the symbols leave open.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import { decimalFraction, type Fraction } from '../../algebra/fraction.ts';
import type { RandomWords } from '../../algebra/hashStream.ts';
import { PRIME } from '../../algebra/primeField.ts';
import { showValue } from '../../base/show.ts';
import { Cases } from './cases.ts';
import {
  addElements,
  constantElement,
  divideElements,
  Element,
  isConstantAbove,
  multiplyElements,
  subtractElements,
} from './element.ts';
import { FormulaError } from './formulaError.ts';

const ZERO: Fraction = { n: 0n, d: 1n };

function element(value: unknown, place: string): Element {
  if (value instanceof Element) return value;
  throw new FormulaError(
    `${place}: expected an element of the field, such as field.number(1), found ${showValue(value)}`,
  );
}

/** A point. Its operations are those of GF(2^61 − 1); what they are given is checked, since formulas may be a user's. */
export class Point implements Arithmetic<Element> {
  /** The sum of the degrees of everything that was taken for 0 or for equal because it is so at this point. */
  taken = 0;
  /** The sum of the degrees of all divisors. */
  divided = 0;
  private readonly words: RandomWords;
  private readonly functions = new Map<string, Element>();
  private readonly open = new Cases();
  private answers = new Map<bigint, boolean>();

  constructor(words: RandomWords) {
    this.words = words;
  }

  /** A new free symbol. */
  symbol(): Element {
    for (;;) {
      const residue = BigInt(this.words.word()) + (BigInt(this.words.word() >>> 3) << 32n);
      if (residue !== PRIME) return new Element(residue, 1, 0);
    }
  }

  number = (value: number): Element => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new FormulaError(`number: expected a finite number, found ${showValue(value)}`);
    }
    return constantElement(decimalFraction(value));
  };
  add = (a: Element, b: Element): Element => addElements(element(a, 'add'), element(b, 'add'));
  sub = (a: Element, b: Element): Element => subtractElements(element(a, 'sub'), element(b, 'sub'));
  mul = (a: Element, b: Element): Element => multiplyElements(element(a, 'mul'), element(b, 'mul'));
  div = (a: Element, b: Element): Element => {
    this.divided += element(b, 'div').degree;
    return divideElements(element(a, 'div'), b);
  };
  sqrt = (a: Element): Element => this.of('sqrt', element(a, 'sqrt'), 0n, 0);
  exp = (a: Element): Element => this.of('exp', element(a, 'exp'), 0n, 1);
  log = (a: Element): Element => this.of('log', element(a, 'log'), 1n, 0);

  isZero = (a: Element): boolean => {
    const { residue, degree, constant } = element(a, 'isZero');
    if (constant !== undefined) return constant.n === 0n;
    if (residue === 0n) this.taken += degree;
    return residue === 0n;
  };

  isAbove = (a: Element, b: Element): boolean => {
    const difference = subtractElements(element(a, 'isAbove'), element(b, 'isAbove'));
    if (difference.constant !== undefined) return isConstantAbove(difference.constant, ZERO);
    const { residue, degree } = difference;
    if (residue === 0n) {
      this.taken += degree;
      return false;
    }
    const known = this.answers.get(residue);
    if (known !== undefined) {
      this.taken += degree;
      return known;
    }
    // a > b excludes b > a.
    if (this.answers.get(PRIME - residue) === true) return false;
    const answer = this.open.ask();
    this.answers.set(residue, answer);
    return answer;
  };

  /**
   * Runs a formula once for every combination of answers to its comparisons, until `see` returns true.
   * @throws FormulaError if there are too many
   */
  cases<R>(formula: () => R, see: (result: R) => boolean): void {
    this.open.run(() => {
      this.answers = new Map();
      return formula();
    }, see);
  }

  /** A function of an element as a symbol: the same for equal arguments, and known at one place. */
  private of(name: string, { residue, degree }: Element, at: bigint, value: number): Element {
    if (residue === at) {
      this.taken += degree;
      return this.number(value);
    }
    const key = `${name} ${residue}`;
    const known = this.functions.get(key);
    if (known !== undefined) {
      this.taken += degree;
      return known;
    }
    const symbol = this.symbol();
    this.functions.set(key, symbol);
    return symbol;
  }
}
