// A random point at which formulas run: their free symbols, the roots and logarithms of what they compute as further symbols, and the
// cases of every comparison that the symbols leave open.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import { decimalFraction, type Fraction } from '../../algebra/fraction.ts';
import type { RandomWords } from '../../algebra/hashStream.ts';
import { PRIME } from '../../algebra/primeField.ts';
import { showValue } from '../../base/show.ts';
import { Cases } from './cases.ts';
import { Element, Elements, isConstantAbove, type Size } from './element.ts';
import { FormulaError } from './formulaError.ts';

const ZERO: Fraction = { n: 0n, d: 1n };

function element(value: unknown, place: string): Element {
  if (value instanceof Element) return value;
  throw new FormulaError(
    `${place}: expected an element of the field, such as field.number(1), found ${showValue(value)}`,
  );
}

function added(a: Size, b: Size): Size {
  return { degree: a.degree + b.degree, height: a.height + b.height };
}

/** A point modulo a prime. What its operations are given is checked, since formulas may be a user's. */
export class Point implements Arithmetic<Element> {
  /** The sum of the sizes of everything that was taken for 0 or for equal because it is so at this point. */
  taken: Size = { degree: 0, height: 0 };
  /** The sum of the sizes of all divisors. */
  divided: Size = { degree: 0, height: 0 };
  /** Whether something that is not 0 here, and may be 0 elsewhere, was asked for being 0. */
  isGeneric = false;
  readonly elements: Elements;
  private readonly words: RandomWords;
  private readonly functions = new Map<string, { readonly argument: Element; readonly symbol: Element }>();
  private readonly numbers = new Map<number, Element>();
  private readonly open = new Cases();
  private answers = new Map<bigint, { readonly difference: Element; readonly answer: boolean }>();

  constructor(words: RandomWords, prime = PRIME) {
    this.words = words;
    this.elements = new Elements(prime);
  }

  /** A new free symbol. */
  symbol(): Element {
    for (;;) {
      const residue = BigInt(this.words.word()) + (BigInt(this.words.word() >>> 3) << 32n);
      if (residue < this.elements.prime) return this.elements.symbol(residue);
    }
  }

  number = (value: number): Element => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new FormulaError(`number: expected a finite number, found ${showValue(value)}`);
    }
    const known = this.numbers.get(value) ?? this.elements.constant(decimalFraction(value));
    this.numbers.set(value, known);
    return known;
  };
  add = (a: Element, b: Element): Element => this.elements.add(element(a, 'add'), element(b, 'add'));
  sub = (a: Element, b: Element): Element => this.elements.sub(element(a, 'sub'), element(b, 'sub'));
  mul = (a: Element, b: Element): Element => this.elements.mul(element(a, 'mul'), element(b, 'mul'));
  div = (a: Element, b: Element): Element => {
    this.divided = added(this.divided, element(b, 'div').numerator);
    return this.elements.div(element(a, 'div'), b);
  };
  sqrt = (a: Element): Element => this.of('sqrt', element(a, 'sqrt'), 0n, 0);
  exp = (a: Element): Element => this.of('exp', element(a, 'exp'), 0n, 1);
  log = (a: Element): Element => this.of('log', element(a, 'log'), 1n, 0);

  isZero = (a: Element): boolean => {
    const { residue, constant } = element(a, 'isZero');
    if (constant !== undefined) return constant.n === 0n;
    if (residue === 0n) this.take(a);
    else this.isGeneric = true;
    return residue === 0n;
  };

  isAbove = (a: Element, b: Element): boolean => {
    const difference = this.elements.sub(element(a, 'isAbove'), element(b, 'isAbove'));
    if (difference.constant !== undefined) return isConstantAbove(difference.constant, ZERO);
    const { residue } = difference;
    if (residue === 0n) {
      this.take(difference);
      return false;
    }
    const known = this.answers.get(residue);
    if (known !== undefined) {
      this.take(this.elements.sub(difference, known.difference));
      return known.answer;
    }
    // a > b excludes b > a.
    const opposite = this.answers.get(this.elements.prime - residue);
    if (opposite?.answer === true) {
      this.take(this.elements.add(difference, opposite.difference));
      return false;
    }
    const answer = this.open.ask();
    this.answers.set(residue, { difference, answer });
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

  private take({ numerator }: Element): void {
    this.taken = added(this.taken, numerator);
  }

  /** A function of an element as a symbol: the same for equal arguments, and known at one place. */
  private of(name: string, argument: Element, at: bigint, value: number): Element {
    const { residue } = argument;
    if (residue === at) {
      this.take(argument);
      return this.number(value);
    }
    const key = `${name} ${residue}`;
    const known = this.functions.get(key);
    if (known !== undefined) {
      this.take(this.elements.sub(argument, known.argument));
      return known.symbol;
    }
    const symbol = this.symbol();
    this.functions.set(key, { argument, symbol });
    return symbol;
  }
}
