// Multisets of independent draws against ordered tuples.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  multisetLogProbability,
  multisetProbability,
  multisets,
  multisetTuples,
} from '../../src/attribution/multisets.ts';
import { words } from '../oracle/bruteForce.ts';

const sizes = { n: fc.integer({ min: 1, max: 5 }), k: fc.integer({ min: 1, max: 4 }) };

test('tuples are the sorted words, each once', () => {
  fc.assert(
    fc.property(sizes.n, sizes.k, (n, k) => {
      const sorted = new Set(words(n, k).map((word) => word.toSorted((a, b) => a - b).join()));
      const found = Array.from(multisetTuples(n, k), (tuple) => tuple.join());
      expect(found).toHaveLength(sorted.size);
      expect(new Set(found)).toEqual(sorted);
      expect(multisets(n, k)).toBe(sorted.size);
    }),
  );
});

test('a multiset is as likely as all of its orders together', () => {
  fc.assert(
    fc.property(
      sizes.n,
      sizes.k,
      fc.infiniteStream(fc.double({ min: 0.01, max: 1, noNaN: true })),
      (n, k, stream) => {
        const weights = Array.from({ length: n }, () => stream.next().value as number);
        const total = weights.reduce((a, b) => a + b, 0);
        const p = weights.map((w) => w / total);
        const byOrder = new Map<string, number>();
        for (const word of words(n, k)) {
          const key = word.toSorted((a, b) => a - b).join();
          byOrder.set(key, (byOrder.get(key) ?? 0) + word.reduce((product, c) => product * p[c]!, 1));
        }
        let sum = 0;
        for (const tuple of multisetTuples(n, k)) {
          const probability = multisetProbability(tuple, p);
          sum += probability;
          // At most 4! orders of four factors each.
          expect(Math.abs(probability - byOrder.get(tuple.join())!)).toBeLessThanOrEqual(64 * Number.EPSILON);
        }
        expect(Math.abs(sum - 1)).toBeLessThanOrEqual(128 * Number.EPSILON);
      },
    ),
  );
});

test('counts are binomial coefficients, and large ones are large', () => {
  expect(multisets(1, 64)).toBe(1);
  expect(multisets(2, 64)).toBe(65);
  expect(multisets(84, 5)).toBe(39_175_752);
  expect(multisets(0, 1)).toBe(0);
  expect(multisets(2_000_000, 64)).toBeGreaterThan(1e300);
});

test('the same trajectory sixty-four times', () => {
  expect(multisetProbability(new Int32Array(64), [0.5])).toBe(2 ** -64);
  // 64!/(32!)²·2^−64 = C(64, 32)/2^64.
  const half = Int32Array.from({ length: 64 }, (_, i) => (i < 32 ? 0 : 1));
  expect(multisetProbability(half, [0.5, 0.5])).toBeCloseTo(0.09934675374796689, 12);
});

test('the logarithm of a probability does not underflow', () => {
  const tuple = Int32Array.of(0, 0, 1, 2);
  const p = [0.5, 0.25, 0.125];
  const log = multisetLogProbability(tuple, p.map(Math.log));
  expect(Math.abs(log - Math.log(multisetProbability(tuple, p)))).toBeLessThanOrEqual(32 * Number.EPSILON);
  // 4!/2! = 12 orders.
  const tiny = multisetLogProbability(tuple, [-1000, -2000, -3000]);
  expect(Math.abs(tiny - (Math.log(12) - 7000))).toBeLessThanOrEqual(7000 * 8 * Number.EPSILON);
});
