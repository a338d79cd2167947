// Random programs over any field, and what such a program truly is along a line x = u + t·v: a quotient of polynomials in t.
import fc from 'fast-check';
import { PRIME } from '../../src/algebra/primeField.ts';
import type { ArrayField } from '../../src/base/field.ts';

/** One operation on two earlier registers. */
export interface Step {
  readonly op: 'add' | 'sub' | 'mul' | 'div' | 'sum' | 'turn';
  readonly left: number;
  readonly right: number;
}

/** Elements per register. */
export const WIDTH = 3;

/** Programs of a few steps; registers before the first step are the input and constants, 0 among them. */
export const programs = fc.array(
  fc.record({
    op: fc.constantFrom<Step['op']>('add', 'sub', 'mul', 'div', 'sum', 'turn'),
    left: fc.nat(99),
    right: fc.nat(99),
  }),
  { minLength: 1, maxLength: 7 },
);

/** The last register after the steps. */
export function runProgram<A>(field: ArrayField<A>, steps: readonly Step[], x: A): A {
  const registers: A[] = [x, field.from([1, 3, -2]), x, field.from([0, 1, 0])];
  for (const { op, left, right } of steps) {
    const [a, b] = [registers[left % registers.length]!, registers[right % registers.length]!];
    if (op === 'sum') {
      const sums = field.segmentSum(a, Int32Array.of(0, 1, 0), 2);
      registers.push(field.gather(sums, Int32Array.of(1, 0, 0)));
    } else if (op === 'turn') {
      registers.push(field.concat([field.slice(a, 1, WIDTH), field.slice(b, 0, 1)]));
    } else registers.push(field[op](a, b));
  }
  return registers.at(-1)!;
}

const mod = (x: bigint): bigint => ((x % PRIME) + PRIME) % PRIME;

function inverse(x: bigint): bigint {
  let [r, next, s, t] = [PRIME, mod(x), 0n, 1n];
  while (next !== 0n) {
    const q = r / next;
    [r, next, s, t] = [next, r - q * next, t, s - q * t];
  }
  return mod(s);
}

/** Coefficients modulo p, the constant first, without zeros at the end. */
type Polynomial = readonly bigint[];

function trimmed(a: readonly bigint[]): Polynomial {
  const last = a.findLastIndex((c) => c !== 0n);
  return a.slice(0, last + 1);
}

function product(a: Polynomial, b: Polynomial): Polynomial {
  const out = new Array<bigint>(Math.max(0, a.length + b.length - 1)).fill(0n);
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      out[i + j] = mod(out[i + j]! + x * y);
    });
  });
  return trimmed(out);
}

function difference(a: Polynomial, b: Polynomial): Polynomial {
  return trimmed(
    Array.from({ length: Math.max(a.length, b.length) }, (_, i) => mod((a[i] ?? 0n) - (b[i] ?? 0n))),
  );
}

function division(a: Polynomial, b: Polynomial): { quotient: Polynomial; rest: Polynomial } {
  const lead = inverse(b.at(-1)!);
  const quotient = new Array<bigint>(Math.max(0, a.length - b.length + 1)).fill(0n);
  let rest = a;
  while (rest.length >= b.length) {
    const at = rest.length - b.length;
    quotient[at] = mod(rest.at(-1)! * lead);
    rest = difference(rest, product([...new Array<bigint>(at).fill(0n), quotient[at]], b));
  }
  return { quotient: trimmed(quotient), rest };
}

/** The value of a polynomial. */
export function evaluate(a: Polynomial, t: bigint): bigint {
  return a.reduceRight((sum, c) => mod(sum * t + c), 0n);
}

/** A quotient of polynomials in lowest terms. */
export interface Quotient {
  readonly numerator: Polynomial;
  readonly denominator: Polynomial;
}

/**
 * The quotient of least total degree through the points (0, values[0]), (1, values[1]), …, by the Euclidean algorithm on the
 * interpolating polynomial (Cauchy interpolation). It is the function if there are more points than its degrees add up to.
 */
export function interpolate(values: readonly bigint[]): Quotient {
  let all: Polynomial = [1n];
  let through: Polynomial = [];
  values.forEach((value, i) => {
    const t = BigInt(i);
    const step = mod((value - evaluate(through, t)) * inverse(evaluate(all, t)));
    through = difference(through, product([mod(-step)], all));
    all = product(all, [mod(-t), 1n]);
  });
  let [r, next, s, cofactor]: Polynomial[] = [all, through, [], [1n]];
  let best: Quotient = { numerator: through, denominator: [1n] };
  while (next!.length > 0) {
    const { quotient, rest } = division(r!, next!);
    [r, next, s, cofactor] = [next, rest, cofactor, difference(s!, product(quotient, cofactor!))];
    if (next.length + cofactor.length < best.numerator.length + best.denominator.length) {
      best = { numerator: next, denominator: cofactor };
    }
  }
  return best;
}

/** The value, slope and second derivative of a quotient at t = 0. */
export function expansion({ numerator, denominator }: Quotient): readonly [bigint, bigint, bigint] {
  const [n0 = 0n, n1 = 0n, n2 = 0n] = numerator;
  const [d0 = 0n, d1 = 0n, d2 = 0n] = denominator;
  const lead = inverse(d0);
  const c0 = mod(n0 * lead);
  const c1 = mod((n1 - c0 * d1) * lead);
  const c2 = mod((n2 - c0 * d2 - c1 * d1) * lead);
  return [c0, c1, mod(2n * c2)];
}
