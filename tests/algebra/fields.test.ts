// What every exact field has in common: the laws of fields, and programs that agree through the map from ℚ to GF(p).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DivisionByZero, type ExactField } from '../../src/algebra/exactField.ts';
import { parseFraction, showFraction } from '../../src/algebra/fraction.ts';
import { hashStream } from '../../src/algebra/hashStream.ts';
import { primeField } from '../../src/algebra/primeField.ts';
import { rationalField } from '../../src/algebra/rationals.ts';
import { isPrime, randomPrime, residueField } from '../../src/algebra/residueField.ts';

const numerator = fc.oneof(
  fc.constantFrom(0n, 1n, -1n),
  fc.bigInt(-9n, 9n),
  fc.bigInt(-(2n ** 90n), 2n ** 90n),
);
const denominator = fc.oneof(fc.bigInt(1n, 9n), fc.bigInt(-9n, -1n), fc.bigInt(1n, 2n ** 60n));
const fractions = fc.constantFrom(0, 1, 3, 33).chain((n) =>
  fc.array(fc.array(fc.tuple(numerator, denominator), { minLength: n, maxLength: n }), {
    minLength: 3,
    maxLength: 3,
  }),
);

function laws<A>(field: ExactField<A>): void {
  const equal = (a: A, b: A): void => expect(field.firstNonZero(field.sub(a, b))).toBe(-1);
  fc.assert(
    fc.property(fractions, (drawn) => {
      const [a, b, c] = drawn.map((xs) =>
        field.fractions(
          xs.map(([n]) => n),
          xs.map(([, d]) => d),
        ),
      ) as [A, A, A];
      const n = field.size(a);
      const [zero, one] = [field.sub(a, a), field.ones(n)];
      equal(field.add(a, b), field.add(b, a));
      equal(field.mul(a, b), field.mul(b, a));
      equal(field.add(field.add(a, b), c), field.add(a, field.add(b, c)));
      equal(field.mul(field.mul(a, b), c), field.mul(a, field.mul(b, c)));
      equal(field.mul(a, field.add(b, c)), field.add(field.mul(a, b), field.mul(a, c)));
      equal(field.add(a, zero), a);
      equal(field.mul(a, one), a);
      equal(field.add(field.sub(a, b), b), a);
      const square = field.add(field.mul(b, b), one);
      equal(field.mul(field.div(a, square), square), a);
      const total = field.segmentSum(a, new Int32Array(n), 2);
      const parts = Array.from({ length: n }, (_, i) => field.slice(a, i, i + 1));
      equal(
        field.slice(total, 0, 1),
        parts.reduce((x, y) => field.add(x, y), field.from([0])),
      );
      equal(field.slice(total, 1, 2), field.from([0]));
      for (let i = 0; i < n; i++) {
        const read = parseFraction(field.show(a, i))!;
        equal(field.fractions([read.n], [read.d]), parts[i]!);
      }
    }),
    { numRuns: 40 },
  );
  expect(field.firstNonZero(field.from([0, 0, -3, 1]))).toBe(2);
  expect(() => field.div(field.from([1, 1]), field.from([1, 0]))).toThrow(DivisionByZero);
  expect(() => field.fractions([1n, 1n], [2n, 0n])).toThrow('element 1');
}

describe('the laws of fields', () => {
  test('GF(2^61-1)', () => laws(primeField));
  test('ℚ', () => laws(rationalField));
  test('GF(q) for a random prime', () => laws(residueField(randomPrime(hashStream(1, 'prime')))));
});

test('a fraction of ℚ is in lowest terms, whatever made it', () => {
  const a = rationalField.fractions([6n, 4n, 0n], [-4n, 2n, -5n]);
  const b = rationalField.fractions([1n, 1n, 3n], [2n, 3n, 7n]);
  const shown = (x: typeof a): string[] => x.map(showFraction);
  expect(shown(a)).toEqual(['-3/2', '2', '0']);
  expect(shown(rationalField.add(a, b))).toEqual(['-1', '7/3', '3/7']);
  expect(shown(rationalField.mul(a, b))).toEqual(['-3/4', '2/3', '0']);
  expect(shown(rationalField.div(a, b))).toEqual(['-3', '6', '0']);
});

test('texts of fractions', () => {
  const read = (text: string): string | undefined => {
    const found = parseFraction(text);
    return found === undefined ? undefined : showFraction(found);
  };
  expect(['3/7', '6/14', '-2', '-4/6', '0', '0/5'].map(read)).toEqual(['3/7', '3/7', '-2', '-2/3', '0', '0']);
  const wrong = ['', '3/0', '1.5', '3/-7', ' 3', '3/7/2', '1e3', '+1', '3 / 7', 'x', '٣'];
  expect(wrong.map(read)).toEqual(wrong.map(() => undefined));
});

describe('random primes', () => {
  test('lie between 2^60 and 2^61, are prime, and differ', () => {
    const words = hashStream(2, 'prime');
    const primes = Array.from({ length: 10 }, () => randomPrime(words));
    expect(new Set(primes).size).toBe(10);
    for (const q of primes) {
      expect(q > 2n ** 60n && q < 2n ** 61n && isPrime(q)).toBe(true);
      for (let d = 3n; d < 1000n; d += 2n) expect(q % d).not.toBe(0n);
    }
  });

  test('primes and composites are told apart: as by division, pseudoprimes, a Mersenne prime', () => {
    const byDivision = (n: bigint): boolean => {
      for (let d = 3n; d * d <= n; d += 2n) if (n % d === 0n) return false;
      return true;
    };
    for (let n = 1_000_001n; n < 1_001_000n; n += 2n) expect(isPrime(n)).toBe(byDivision(n));
    // Carmichael numbers, and the smallest strong pseudoprime to the first nine prime bases.
    expect([8911n, 294409n, 56052361n, 3825123056546413051n].map(isPrime)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([2n ** 61n - 1n, 2n ** 59n - 1n].map(isPrime)).toEqual([true, false]);
  });

  test('elements are uniform in [0, q): none is q or above', () => {
    const words = [0xffffffff, 0xffffffff, 0, 5];
    expect(residueField(2n ** 60n + 33n).random(1, { word: () => words.shift()! })).toEqual([5n]);
  });
});
