// Learning rates at the places where their formulas can be done by hand.
import { expect, test } from 'vitest';
import { constant, linear, warmupCosine } from '../../src/optim/index.ts';

test('constant', () => {
  expect([0, 1, 1e9].map(constant(0.3))).toEqual([0.3, 0.3, 0.3]);
});

test('linear: from its first rate to its last, and no further', () => {
  expect([0, 1, 2, 4, 100].map(linear(1, 0, 4))).toEqual([1, 0.75, 0.5, 0, 0]);
  expect([0, 1, 2, 3].map(linear(0, 8, 2))).toEqual([0, 4, 8, 8]);
});

test('warm-up, then half a cosine down to the end', () => {
  const schedule = warmupCosine({ peak: 8, end: 2, warmup: 3, steps: 11 });
  expect([0, 1, 2, 3].map(schedule)).toEqual([2, 4, 6, 8]);
  // A quarter, a half, the whole of the way.
  expect(schedule(5)).toBeCloseTo(2 + 3 * (1 + Math.SQRT1_2), 14);
  expect(schedule(7)).toBeCloseTo(5, 14);
  expect(schedule(11)).toBe(2);
  expect(schedule(1000)).toBe(2);
});

test('without warm-up it begins at the peak, and ends at 0 if nothing is said', () => {
  const schedule = warmupCosine({ peak: 1, warmup: 0, steps: 10 });
  expect(schedule(0)).toBe(1);
  expect(schedule(10)).toBe(0);
  const rates = Array.from({ length: 11 }, (_, step) => schedule(step));
  expect(rates).toEqual(rates.toSorted((a, b) => b - a));
});

test.each<[string, () => unknown, string]>([
  ['a negative rate', () => constant(-1), 'constant: a learning rate must be a number ≥ 0, found -1'],
  ['an infinite rate', () => linear(0, 1 / 0, 5), 'linear: a learning rate must be a number ≥ 0'],
  ['no steps', () => linear(1, 0, 0), 'linear: steps must be an integer ≥ 1, found 0'],
  ['half a step', () => warmupCosine({ peak: 1, warmup: 0.5, steps: 3 }), 'an integer ≥ 0, found 0.5'],
  ['only warm-up', () => warmupCosine({ peak: 1, warmup: 3, steps: 3 }), 'an integer ≥ 4, found 3'],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(message);
});
