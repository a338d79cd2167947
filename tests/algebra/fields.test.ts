// What every exact field has in common: the laws of fields, and programs that agree through the map from ℚ to GF(p).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DivisionByZero, type ExactField } from '../../src/algebra/exactField.ts';
import { parseFraction, showFraction } from '../../src/algebra/fraction.ts';
import { primeField } from '../../src/algebra/primeField.ts';
import { rationalField } from '../../src/algebra/rationals.ts';

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
