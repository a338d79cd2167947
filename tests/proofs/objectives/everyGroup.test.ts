// λ in G from the λ of some sizes: the one quotient of polynomials of degree 1, and none where there is none.
import { expect, test } from 'vitest';
import { fraction } from '../../../src/algebra/fraction.ts';
import { factorInG } from '../../../src/proofs/objectives/everyGroup.ts';

const of = (sizes: readonly number[], n: (g: number) => number, d: (g: number) => number) =>
  sizes.map((size) => ({ size, factor: fraction(BigInt(n(size)), BigInt(d(size))) }));
const SIZES = [2, 3, 4, 5];

test.each<[string, (g: number) => number, (g: number) => number]>([
  ['1', () => 1, () => 1],
  ['-2/3', () => -2, () => 3],
  ['(G − 1)/G', (g) => g - 1, (g) => g],
  ['(G − 1)/(7·G)', (g) => g - 1, (g) => 7 * g],
  ['(-2·G + 3)/(G + 5)', (g) => 3 - 2 * g, (g) => g + 5],
  ['G/2', (g) => g, () => 2],
])('%s', (text, n, d) => {
  expect(factorInG(of(SIZES, n, d))).toBe(text);
});

test('three sizes are too few, and what is no such quotient has none', () => {
  const [n, d] = [(g: number) => g - 1, (g: number) => g];
  expect(factorInG(of(SIZES.slice(1), n, d))).toBeUndefined();
  expect(factorInG([])).toBeUndefined();
  expect(
    factorInG(
      of(
        SIZES,
        (g) => g * g,
        () => 1,
      ),
    ),
  ).toBeUndefined();
});

test.each([[[1, 1, 2, 1]], [[1, 1, 1, 2]], [[0, 2, 0, 0]]])(
  'λ = %j is that of no quotient: what cancels at one size is no value there',
  (factors) => {
    expect(
      factorInG(
        of(
          SIZES,
          (g) => factors[g - 2]!,
          () => 1,
        ),
      ),
    ).toBeUndefined();
  },
);
