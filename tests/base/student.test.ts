// Student's t against printed tables and by the coverage of its intervals.
import { expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import { confidence95, mean, studentQuantile } from '../../src/base/student.ts';

test('quantiles are those of printed tables', () => {
  for (const [degrees, t] of [
    [1, 12.706],
    [2, 4.303],
    [4, 2.776],
    [9, 2.262],
    [29, 2.045],
    [30, 2.042],
    [31, 2.04],
    [60, 2.0],
    [100, 1.984],
  ] as const) {
    expect(Math.abs(studentQuantile(degrees) - t)).toBeLessThan(6e-4);
  }
});

test.each([3, 12])('of %d samples: a 95 %% interval covers the mean about 95 times of 100', (n) => {
  const stream = randomStream(7, 'coverage');
  let covered = 0;
  const trials = 2000;
  for (let t = 0; t < trials; t++) {
    const samples = Array.from({ length: n }, () => 3 + stream.normal());
    const [low, high] = confidence95(samples);
    if (low <= 3 && 3 <= high) covered++;
  }
  // Binomial: 0.95 ± 4·√(0.95·0.05/2000) = 0.95 ± 0.0195.
  expect(Math.abs(covered / trials - 0.95)).toBeLessThan(0.0195);
});

test('one sample gives no interval but itself', () => {
  expect(confidence95([5])).toEqual([5, 5]);
  expect(mean([1, 2, 6])).toBe(3);
});
