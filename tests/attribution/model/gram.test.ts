// What follows from Gram matrices: shares, cosines, and the step that no label opposes, against the conditions that define it.
import { expect, test } from 'vitest';
import { conflictFree, gramCosine, gramNorms, gramShares } from '../../../src/attribution/index.ts';
import { randomStream } from '../../../src/base/random.ts';

/** The Gram matrix of vectors. */
const gramOf = (vectors: readonly (readonly number[])[]): Float64Array =>
  Float64Array.from(vectors.flatMap((a) => vectors.map((b) => a.reduce((sum, x, e) => sum + x * b[e]!, 0))));

test('norms, shares and cosines of two vectors', () => {
  const gram = gramOf([
    [3, 4],
    [0, 5],
  ]);
  expect([...gramNorms(gram)]).toEqual([5, 5]);
  expect([...gramShares(gram)]).toEqual([0.5, 0.5]);
  expect(gramCosine(gram, [0], [1])).toBeCloseTo(0.8, 15);
  expect(
    gramCosine(
      gramOf([
        [0, 0],
        [1, 0],
      ]),
      [0],
      [1],
    ),
  ).toBeNaN();
});

test('where nothing conflicts, the step is the gradient', () => {
  const { coefficients, cosine, length } = conflictFree(
    gramOf([
      [1, 0],
      [1, 1],
    ]),
  )!;
  expect([...coefficients]).toEqual([1, 1]);
  expect([cosine, length].map((x) => Math.abs(x - 1) < 1e-15)).toEqual([true, true]);
});

test('the step fulfils the conditions of its minimum on random gradients', () => {
  const random = randomStream(4, 'gram');
  let conflicts = 0;
  for (let round = 0; round < 200; round++) {
    const n = 2 + random.integer(4);
    const vectors = Array.from({ length: n }, () => Array.from({ length: 6 }, () => random.normal()));
    const gram = gramOf(vectors);
    const { coefficients, before, after } = conflictFree(gram)!;
    const step = vectors[0]!.map((_, e) => vectors.reduce((sum, v, l) => sum + coefficients[l]! * v[e]!, 0));
    // Sums of 36 products of numbers around 10.
    const tolerance = 1e-11;
    vectors.forEach((v, l) => {
      const along = v.reduce((sum, x, e) => sum + x * step[e]!, 0);
      expect(Math.abs(along - after[l]!)).toBeLessThan(tolerance);
      expect(along).toBeGreaterThan(-tolerance);
      const lambda = coefficients[l]! - 1;
      expect(lambda).toBeGreaterThanOrEqual(0);
      // Complementary slackness: what is raised is met with equality.
      expect(Math.abs(lambda * along)).toBeLessThan(1e3 * tolerance);
    });
    if (before.some((x) => x < 0)) conflicts++;
  }
  expect(conflicts).toBeGreaterThan(20);
});

test('two opposite gradients of one length leave no step', () => {
  const { length, before } = conflictFree(
    gramOf([
      [1, 0],
      [-1, 0],
    ]),
  )!;
  expect([...before]).toEqual([0, 0]);
  expect(length).toBeNaN();
});
