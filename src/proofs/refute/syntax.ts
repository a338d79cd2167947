// The language of statements: quantities of a policy, numbers, + − * / ^, = and <=. It is read by recursive descent.
import { displayWidth } from '../../base/displayWidth.ts';
import { InputError, InputErrorWithLines } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { suggest } from '../../base/suggest.ts';

/** Quantities that are numbers. */
export const SCALARS = [
  'E_R',
  'J',
  'Var_R',
  'V_sample',
  'V_decision',
  'KL',
  'KL_sample',
  'KL_decision',
  'attempts',
] as const;

/** Gradients, of one of TARGETS. */
export const GRADIENTS = ['grad', 'grad_sample', 'grad_decision'] as const;

/** What a gradient may be of. */
export const TARGETS = ['J', 'E_R', 'Var_R', 'KL', 'attempts'] as const;

const PRODUCTS = ['dot', 'norm2'] as const;

/** An expression with the place where it begins. */
export type Expression = { readonly at: number } & (
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'scalar'; readonly name: (typeof SCALARS)[number]; readonly length: number | undefined }
  | {
      readonly kind: 'gradient';
      readonly name: (typeof GRADIENTS)[number];
      readonly target: (typeof TARGETS)[number];
      readonly length: number | undefined;
    }
  | { readonly kind: 'dot'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'power'; readonly base: Expression; readonly exponent: number }
);

/** A statement: both sides and what is said of them. */
export interface ParsedStatement {
  readonly text: string;
  readonly relation: '=' | '<=';
  readonly left: Expression;
  readonly right: Expression;
}

/** The largest exponent, length and depth; longer texts are refused too. */
const MOST = { exponent: 8, length: 8, depth: 64, characters: 1000 };

/** An error at a place of a statement: the statement, a caret under the place, and what is wrong there. */
export function errorAt(text: string, at: number, what: string): InputError {
  const shown = (part: string): string => showText(part, MOST.characters);
  const indent = ' '.repeat(displayWidth(shown(text.slice(0, at))));
  return new InputErrorWithLines(`${what} (at character ${at + 1})`, `  ${shown(text)}\n  ${indent}^`);
}

interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const PATTERN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z_0-9]*)|(<=|[=+\-*/^(),≤−]))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  while (text.slice(PATTERN.lastIndex).trim() !== '') {
    const from = PATTERN.lastIndex;
    const match = PATTERN.exec(text);
    if (match === null) {
      const at = from + text.slice(from).search(/\S/);
      throw errorAt(text, at, `unexpected ${JSON.stringify([...text.slice(at)][0])}`);
    }
    const [, number, name, sign] = match;
    const at = PATTERN.lastIndex - (number ?? name ?? sign)!.length;
    const ascii = sign === '≤' ? '<=' : sign === '−' ? '-' : sign;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at });
    else tokens.push({ kind: 'sign', text: ascii!, at });
  }
  return [...tokens, { kind: 'end', text: 'the end', at: text.length }];
}

function isOneOf<const Name extends string>(names: readonly Name[], text: string): text is Name {
  return names.some((name) => name === text);
}

/** Reads a statement from its tokens. */
class Reader {
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private next = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = tokensOf(text);
  }

  statement(): ParsedStatement {
    const left = this.sum();
    const { text: relation, at } = this.take();
    if (relation !== '=' && relation !== '<=')
      throw this.unexpected('= or <= after the left side', relation, at);
    const right = this.sum();
    const end = this.take();
    if (end.kind !== 'end') throw this.unexpected('the end after the right side', end.text, end.at);
    return { text: this.text.trim(), relation, left, right };
  }

  private get token(): Token {
    return this.tokens[this.next]!;
  }

  private take(): Token {
    return this.tokens[this.token.kind === 'end' ? this.next : this.next++]!;
  }

  private unexpected(expected: string, found: string, at: number): InputError {
    return errorAt(this.text, at, `expected ${expected}, found ${found}`);
  }

  private expect(sign: string): void {
    const { text, at } = this.take();
    if (text !== sign) throw this.unexpected(`"${sign}"`, text, at);
  }

  private isNext(...signs: readonly string[]): boolean {
    return this.token.kind === 'sign' && signs.includes(this.token.text);
  }

  private sum(): Expression {
    let left = this.product();
    while (this.isNext('+', '-')) left = this.binary(left, () => this.product());
    return left;
  }

  private product(): Expression {
    let left = this.signed();
    while (this.isNext('*', '/')) left = this.binary(left, () => this.signed());
    return left;
  }

  private binary(left: Expression, read: () => Expression): Expression {
    const operator = this.take().text as '+' | '-' | '*' | '/';
    return { kind: 'binary', operator, left, right: read(), at: left.at };
  }

  private signed(): Expression {
    if (!this.isNext('-')) return this.power();
    const { at } = this.take();
    return this.nested(() => ({
      kind: 'binary',
      operator: '*',
      left: { kind: 'number', text: '-1', at },
      right: this.signed(),
      at,
    }));
  }

  private power(): Expression {
    const base = this.atom();
    if (!this.isNext('^')) return base;
    this.take();
    return { kind: 'power', base, exponent: this.integer('an exponent', MOST.exponent), at: base.at };
  }

  private integer(what: string, most: number): number {
    const { kind, text, at } = this.take();
    const value = Number(text);
    if (kind === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw this.unexpected(`${what}, an integer from 1 to ${most}`, text, at);
  }

  private nested<R>(read: () => R): R {
    if (++this.depth > MOST.depth) throw errorAt(this.text, this.token.at, 'nested too deeply');
    const result = read();
    this.depth--;
    return result;
  }

  private atom(): Expression {
    const { kind, text, at } = this.take();
    if (kind === 'number') return { kind: 'number', text, at };
    if (text === '(') {
      const inner = this.nested(() => this.sum());
      this.expect(')');
      return inner;
    }
    if (kind === 'name') return this.quantity(text, at);
    throw this.unexpected('a number, a quantity or "("', text, at);
  }

  private quantity(name: string, at: number): Expression {
    if (isOneOf(SCALARS, name)) {
      return { kind: 'scalar', name, length: this.isNext('(') ? this.lengthIn() : undefined, at };
    }
    if (isOneOf(GRADIENTS, name)) return this.gradient(name, at);
    if (isOneOf(PRODUCTS, name)) return this.vectors(name, at);
    const known = [...SCALARS, ...GRADIENTS, ...PRODUCTS];
    const hint = suggest(name, known);
    throw errorAt(
      this.text,
      at,
      `unknown quantity "${showText(name, 40)}"${hint}; known: ${known.join(', ')}`,
    );
  }

  private lengthIn(): number {
    this.expect('(');
    const length = this.length();
    this.expect(')');
    return length;
  }

  /** `L=2`. */
  private length(): number {
    const { text, at } = this.take();
    if (text !== 'L') throw this.unexpected('a length such as L=2', text, at);
    this.expect('=');
    return this.integer('a length', MOST.length);
  }

  private gradient(name: (typeof GRADIENTS)[number], at: number): Expression {
    this.expect('(');
    const target = this.take();
    if (!isOneOf(TARGETS, target.text)) {
      throw this.unexpected(`what the gradient is of: ${TARGETS.join(', ')}`, target.text, target.at);
    }
    let length: number | undefined;
    if (this.isNext(',')) {
      this.take();
      length = this.length();
    }
    this.expect(')');
    return { kind: 'gradient', name, target: target.text, length, at };
  }

  private vectors(name: (typeof PRODUCTS)[number], at: number): Expression {
    this.expect('(');
    const left = this.nested(() => this.sum());
    if (name === 'norm2') {
      this.expect(')');
      return { kind: 'dot', left, right: left, at };
    }
    this.expect(',');
    const right = this.nested(() => this.sum());
    this.expect(')');
    return { kind: 'dot', left, right, at };
  }
}

/**
 * Reads a statement such as `V_decision(L=2) = V_decision(L=1)`.
 * @throws InputError with a caret under the place where it cannot be read
 */
export function parseStatement(text: string): ParsedStatement {
  if (text.length > MOST.characters) {
    throw new InputError(
      `expected a statement of at most ${MOST.characters} characters, found ${text.length}`,
    );
  }
  return new Reader(text).statement();
}
