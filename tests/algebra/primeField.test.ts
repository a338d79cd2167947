// GF(2^61 − 1) against BigInt: every operation, at the edges 0, 1 and p − 1, and on arrays of length 0, 1, 3 and 33.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DivisionByZero } from '../../src/algebra/exactField.ts';
import { hashStream } from '../../src/algebra/hashStream.ts';
import { primeField as field, PRIME, type PrimeArray } from '../../src/algebra/primeField.ts';

const residue = (x: bigint): bigint => ((x % PRIME) + PRIME) % PRIME;
const EDGES = [
  0n,
  1n,
  2n,
  PRIME - 1n,
  PRIME - 2n,
  2n ** 21n - 1n,
  2n ** 42n - 1n,
  2n ** 60n,
  PRIME - 2n ** 42n,
];
const element = fc.oneof(fc.constantFrom(...EDGES), fc.bigInt(0n, PRIME - 1n));
const pairs = fc
  .constantFrom(0, 1, 3, 33)
  .chain((n) =>
    fc.tuple(
      fc.array(element, { minLength: n, maxLength: n }),
      fc.array(element, { minLength: n, maxLength: n }),
    ),
  );

/** Elements whose limbs are as far out of range as sums, differences and products leave them. */
function loose(values: readonly bigint[]): PrimeArray {
  const a = field.fromIntegers(values);
  const minusOne = field.sub(field.sub(a, a), field.ones(values.length));
  return field.sub(field.mul(field.add(a, a), minusOne), field.mul(a, field.add(minusOne, minusOne)));
}

describe('as integers modulo p', () => {
  test('sums, differences and products', () => {
    fc.assert(
      fc.property(pairs, ([xs, ys]) => {
        const b = field.fromIntegers(ys);
        const a = field.add(field.fromIntegers(xs), loose(ys));
        const combined = (f: (x: bigint, y: bigint) => bigint): bigint[] =>
          xs.map((x, i) => residue(f(x, ys[i]!)));
        expect(field.integers(a)).toEqual(xs);
        expect(field.integers(field.add(a, b))).toEqual(combined((x, y) => x + y));
        expect(field.integers(field.sub(a, b))).toEqual(combined((x, y) => x - y));
        expect(field.integers(field.mul(a, b))).toEqual(combined((x, y) => x * y));
        expect(field.firstNonZero(a)).toBe(xs.findIndex((x) => x !== 0n));
      }),
    );
  });

  test('quotients, and the first zero of a divisor', () => {
    fc.assert(
      fc.property(pairs, ([xs, ys]) => {
        const [a, b] = [field.fromIntegers(xs), field.fromIntegers(ys)];
        const zero = ys.indexOf(0n);
        if (zero >= 0) {
          expect(() => field.div(a, b)).toThrow(DivisionByZero);
          expect(() => field.div(a, b)).toThrow(`element ${zero} of the divisor`);
        } else expect(field.integers(field.mul(field.div(a, b), b))).toEqual(xs);
      }),
    );
    expect(() => field.fractions([1n], [PRIME])).toThrow(DivisionByZero);
  });

  test('segment sums of many elements, empty segments included', () => {
    const n = 4097;
    const values = Array.from({ length: n }, (_, i) => residue(-BigInt(i % 5)));
    const segment = Int32Array.from(values, (_, i) => (i % 3) + 1);
    const expected = [0n, 0n, 0n, 0n, 0n];
    values.forEach((value, i) => {
      expected[segment[i]!] = residue(expected[segment[i]!]! + value);
    });
    expect(field.integers(field.segmentSum(field.fromIntegers(values), segment, 5))).toEqual(expected);
  });

  test('integers of float64, of any size and sign; others are refused', () => {
    const values = [0, -1, 1, 2 ** 21, -(2 ** 21), 2 ** 53, 2 ** 61, -(2 ** 70)];
    expect(field.integers(field.from(values))).toEqual(values.map((x) => residue(BigInt(x))));
    expect(() => field.from([1, 0.5])).toThrow('0.5 is no integer');
    expect(() => field.from([Number.NaN])).toThrow('NaN is no integer');
  });
});

test('gather, slice and concat move whole elements', () => {
  const values = [5n, PRIME - 1n, 2n ** 60n, 7n];
  const a = field.fromIntegers(values);
  expect(field.integers(field.gather(a, Int32Array.of(3, 1, 1)))).toEqual([7n, PRIME - 1n, PRIME - 1n]);
  expect(field.integers(field.slice(a, 1, 3))).toEqual(values.slice(1, 3));
  expect(field.integers(field.concat([field.slice(a, 2, 4), field.slice(a, 0, 0), a]))).toEqual([
    ...values.slice(2),
    ...values,
  ]);
  expect(field.size(field.concat([]))).toBe(0);
  expect(() => field.add(a, field.ones(3))).toThrow(RangeError);
});

test('a fraction is shown as the residue that its text gives again', () => {
  const a = field.fractions([3n, -1n], [7n, 2n]);
  expect(field.integers(field.mul(a, field.from([7, 2])))).toEqual([3n, PRIME - 1n]);
  expect(field.integers(field.fractions([BigInt(field.show(a, 0))], [1n]))).toEqual([field.integers(a)[0]]);
});

describe('random elements', () => {
  test('are those of the seed and the purpose', () => {
    const drawn = (seed: number | string, purpose = 'points'): bigint[] =>
      field.integers(field.random(5, hashStream(seed, purpose)));
    expect(drawn(1)).toEqual(drawn(1));
    const all = [drawn(1), drawn(2), drawn('1'), drawn(1, 'symbols')].flat();
    expect(new Set(all).size).toBe(all.length);
  });

  test('use all 61 bits, and draw again for p, which is no residue', () => {
    const words = [0xffffffff, 0xffffffff, 0xffffffff, 0xfffffff7, 5, 8];
    const scripted = { word: (): number => words.shift()! };
    // 0xfffffff7 >>> 3 is 2^29 − 2, so that the first is p − 2^32; 8 >>> 3 is 1.
    expect(field.integers(field.random(2, scripted))).toEqual([PRIME - 2n ** 32n, 2n ** 32n + 5n]);
    const bits = field.integers(field.random(200, hashStream(3, 'points')));
    const [ones, zeros] = [bits.reduce((a, b) => a | b), bits.reduce((a, b) => a & b)];
    expect([ones, zeros]).toEqual([PRIME, 0n]);
  });
});
