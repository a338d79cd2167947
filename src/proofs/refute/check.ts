// What an expression is: a number or a vector over the logits, and which lengths it speaks of. What does not fit is refused with its place.
import { type Expression, errorAt, type ParsedStatement } from './syntax.ts';

/** The kind of a value; vectors have the logits of a policy of some length of attempts. */
export interface Kind {
  readonly isVector: boolean;
  readonly length: number | undefined;
}

const SCALAR: Kind = { isVector: false, length: undefined };

function inWords({ isVector }: Kind): string {
  return isVector ? 'a vector' : 'a number';
}

/** The kind of an expression. @throws InputError with a caret under what does not fit */
function kindOf(text: string, one: Expression): Kind {
  const kind = (inner: Expression): Kind => kindOf(text, inner);
  const bothVectors = (left: Expression, right: Expression, at: number, what: string): Kind => {
    const [a, b] = [kind(left), kind(right)];
    if (a.isVector !== b.isVector) {
      throw errorAt(text, at, `${what} of ${inWords(a)} and ${inWords(b)}`);
    }
    if (a.isVector && a.length !== b.length) {
      throw errorAt(
        text,
        at,
        `${what} of gradients at different L, which have different logits; compare norm2 of them`,
      );
    }
    return a;
  };
  switch (one.kind) {
    case 'number':
    case 'scalar':
      return SCALAR;
    case 'gradient':
      return { isVector: true, length: one.length };
    case 'dot': {
      const both = bothVectors(one.left, one.right, one.at, 'an inner product');
      if (!both.isVector)
        throw errorAt(text, one.at, 'expected vectors such as grad_sample(J), found numbers');
      return SCALAR;
    }
    case 'power': {
      if (kind(one.base).isVector)
        throw errorAt(text, one.at, 'a power of a vector; norm2 is its squared length');
      return SCALAR;
    }
    case 'binary': {
      if (one.operator === '+' || one.operator === '-')
        return bothVectors(one.left, one.right, one.at, 'a sum');
      const [a, b] = [kind(one.left), kind(one.right)];
      if (b.isVector && (a.isVector || one.operator === '/')) {
        throw errorAt(
          text,
          one.at,
          one.operator === '/' ? 'a division by a vector' : 'a product of vectors; dot is the inner one',
        );
      }
      return a.isVector ? a : b;
    }
  }
}

function walk(one: Expression, see: (one: Expression) => void): void {
  see(one);
  if (one.kind === 'binary' || one.kind === 'dot') {
    walk(one.left, see);
    walk(one.right, see);
  }
  if (one.kind === 'power') walk(one.base, see);
}

/** What a statement reads. */
export interface Reads {
  /** The lengths L that it names, or none if it names none. */
  readonly lengths: readonly number[];
  readonly logs: boolean;
  readonly isVector: boolean;
}

/**
 * Checks a statement.
 * @throws InputError with a caret: kinds that do not fit, some quantities with L and some without, a vector in an inequality
 */
export function checkStatement({ text, relation, left, right }: ParsedStatement): Reads {
  const [a, b] = [kindOf(text, left), kindOf(text, right)];
  if (a.isVector !== b.isVector) {
    throw errorAt(text, right.at, `${inWords(a)} is compared with ${inWords(b)}`);
  }
  if (a.isVector && a.length !== b.length) {
    throw errorAt(text, right.at, 'gradients at different L have different logits; compare norm2 of them');
  }
  if (a.isVector && relation === '<=') throw errorAt(text, left.at, 'vectors have no order; norm2 has');
  const lengths = new Set<number>();
  let logs = false;
  let without: number | undefined;
  for (const side of [left, right]) {
    walk(side, (one) => {
      if (one.kind !== 'scalar' && one.kind !== 'gradient') return;
      logs ||= one.kind === 'scalar' ? one.name.startsWith('KL') : one.target === 'KL';
      if (one.length === undefined) without ??= one.at;
      else lengths.add(one.length);
    });
  }
  if (lengths.size > 0 && without !== undefined) {
    throw errorAt(text, without, 'expected a length such as (L=2) here, since other quantities have one');
  }
  return { lengths: [...lengths].toSorted((x, y) => x - y), logs, isVector: a.isVector };
}
