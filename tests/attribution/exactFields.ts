// Two exact fields for the programs: rationals, and integers modulo 2^61 − 1. Their arrays are opaque: a program that touched
// an entry other than through its field would not compile, and would find nothing at run time.
import type { ArrayField } from '../../src/base/field.ts';

/** An array whose entries only its field can see. */
export class Opaque<T> {
  readonly #items: readonly T[];
  constructor(items: readonly T[]) {
    this.#items = items;
  }
  static open<T>(array: Opaque<T>): readonly T[] {
    return array.#items;
  }
}

/** Arithmetic on one entry. */
interface Scalars<T> {
  readonly zero: T;
  readonly one: T;
  readonly of: (x: number) => T;
  readonly add: (a: T, b: T) => T;
  readonly sub: (a: T, b: T) => T;
  readonly mul: (a: T, b: T) => T;
  readonly div: (a: T, b: T) => T;
}

function arraysOver<T>({ zero, one, of, add, sub, mul, div }: Scalars<T>): ArrayField<Opaque<T>> {
  const { open } = Opaque;
  const zip = (f: (a: T, b: T) => T) => (a: Opaque<T>, b: Opaque<T>) => {
    if (open(a).length !== open(b).length) throw new RangeError('arrays of unequal length');
    return new Opaque(open(a).map((x, i) => f(x, open(b)[i]!)));
  };
  return {
    from: (values) => new Opaque(Array.from(values, of)),
    ones: (n) => new Opaque(new Array<T>(n).fill(one)),
    gather: (a, index) =>
      new Opaque(
        Array.from(index, (i) => {
          if (i < 0 || i >= open(a).length) throw new RangeError(`index ${i} of ${open(a).length}`);
          return open(a)[i]!;
        }),
      ),
    slice: (a, from, to) => new Opaque(open(a).slice(from, to)),
    concat: (parts) => new Opaque(parts.flatMap((part) => open(part))),
    add: zip(add),
    sub: zip(sub),
    mul: zip(mul),
    div: zip(div),
    segmentSum: (a, segment, segments) => {
      const out = new Array<T>(segments).fill(zero);
      open(a).forEach((x, i) => {
        out[segment[i]!] = add(out[segment[i]!]!, x);
      });
      return new Opaque(out);
    },
  };
}

/** numerator / denominator > 0, in lowest terms. */
export type Rational = readonly [bigint, bigint];

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** n/d in lowest terms. */
export function rational(n: bigint, d = 1n): Rational {
  const sign = d < 0n ? -1n : 1n;
  const common = gcd(n < 0n ? -n : n, d * sign);
  return [(sign * n) / common, (sign * d) / common];
}

export const rationals: Scalars<Rational> = {
  zero: [0n, 1n],
  one: [1n, 1n],
  of: (x) => rational(BigInt(x)),
  add: ([a, b], [c, d]) => rational(a * d + c * b, b * d),
  sub: ([a, b], [c, d]) => rational(a * d - c * b, b * d),
  mul: ([a, b], [c, d]) => rational(a * c, b * d),
  div: ([a, b], [c, d]) => rational(a * d, b * c),
};

export const PRIME = 2n ** 61n - 1n;
const reduce = (x: bigint): bigint => ((x % PRIME) + PRIME) % PRIME;

function power(base: bigint, exponent: bigint): bigint {
  let out = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = reduce(b * b)) if (e & 1n) out = reduce(out * b);
  return out;
}

export const modulo: Scalars<bigint> = {
  zero: 0n,
  one: 1n,
  of: (x) => reduce(BigInt(x)),
  add: (a, b) => reduce(a + b),
  sub: (a, b) => reduce(a - b),
  mul: (a, b) => reduce(a * b),
  div: (a, b) => reduce(a * power(b, PRIME - 2n)),
};

/** A rational as an element of the prime field. */
export const inPrimeField = ([n, d]: Rational): bigint => modulo.div(reduce(n), reduce(d));

export const rationalField: ArrayField<Opaque<Rational>> = arraysOver(rationals);
export const primeField: ArrayField<Opaque<bigint>> = arraysOver(modulo);
