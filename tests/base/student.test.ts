// Student's t against printed tables and by the coverage of its intervals.
import { expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import {
  confidence95,
  mean,
  samplesToDecide,
  studentQuantile,
  studentTails,
} from '../../src/base/student.ts';

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

test.each([
  [1, 0.6],
  [1, 1.2],
  [0.3, -0.15],
])('with spread %d and mean %d, so many samples decide about 80 times of 100', (spread, middle) => {
  // Two samples with this mean and this standard deviation.
  const n = samplesToDecide([middle - spread / Math.SQRT2, middle + spread / Math.SQRT2])!;
  const decided = (size: number): number => {
    const stream = randomStream(11, 'power');
    let count = 0;
    for (let t = 0; t < 2000; t++) {
      const [low, high] = confidence95(Array.from({ length: size }, () => middle + spread * stream.normal()));
      if (low > 0 || high < 0) count++;
    }
    return count / 2000;
  };
  // Binomial: 4·√(0.8·0.2/2000) = 0.036. One sample more or less moves the power by less than 0.1 for these n.
  expect(decided(n)).toBeGreaterThan(0.8 - 0.036);
  expect(decided(n - 2)).toBeLessThan(0.8);
});

test('what cannot be planned: one sample, no difference, a spread beyond all numbers of samples', () => {
  expect(samplesToDecide([1])).toBeUndefined();
  expect(samplesToDecide([-1, 1])).toBeUndefined();
  expect(samplesToDecide([-1, 1.0001])).toBeUndefined();
  expect(samplesToDecide([2, 2, 2])).toBe(2);
});

test('tails are those of printed tables, odd and even degrees, and meet the quantiles', () => {
  for (const [degrees, t, both] of [
    [1, 636.619, 1e-3],
    [2, 31.599, 1e-3],
    [3, 12.924, 1e-3],
    [10, 4.587, 1e-3],
    [29, 3.659, 1e-3],
    [120, 3.373, 1e-3],
  ] as const) {
    expect(Math.abs(studentTails(t, degrees) / both - 1)).toBeLessThan(2e-3);
  }
  for (const degrees of [1, 2, 5, 12, 30]) {
    expect(studentTails(studentQuantile(degrees), degrees)).toBeCloseTo(0.05, 6);
  }
});
