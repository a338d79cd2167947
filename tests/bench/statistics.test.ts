// The statistics of benchmarks, against printed tables and known distributions.
import { describe, expect, it } from 'vitest';
import { confidence95, mean, median, outliers, studentQuantile } from '../../bench/statistics.ts';
import { timingWarnings } from '../../bench/warnings.ts';
import { randomStream } from '../../src/base/random.ts';

describe('statistics', () => {
  it('mean and median', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 9])).toBe(3);
  });

  it("Student's quantile, against the printed tables", () => {
    for (const [degrees, t] of [
      [5, 2.571],
      [9, 2.262],
      [29, 2.045],
      [100, 1.984],
    ] as const) {
      expect(Math.abs(studentQuantile(degrees) / t - 1)).toBeLessThan(0.01);
    }
  });

  it('a 95 % interval covers the mean about 95 times of 100', () => {
    const stream = randomStream(7, 'coverage');
    let covered = 0;
    const trials = 2000;
    for (let t = 0; t < trials; t++) {
      const samples = Array.from({ length: 12 }, () => 3 + stream.normal());
      const [low, high] = confidence95(samples);
      if (low <= 3 && 3 <= high) covered++;
    }
    // Binomial: 0.95 ± 4·√(0.95·0.05/2000) = 0.95 ± 0.0195.
    expect(Math.abs(covered / trials - 0.95)).toBeLessThan(0.0195);
  });

  it('one sample gives no interval but itself', () => {
    expect(confidence95([5])).toEqual([5, 5]);
  });

  it('outliers: far from the median in units of the MAD, which has a floor', () => {
    const samples = [1, 1.01, 0.99, 1.02, 0.98, 1, 5];
    expect(outliers(samples, 0)).toEqual([6]);
    expect(outliers(samples.slice(0, 6), 0)).toEqual([]);
    // Equal samples and one that differs by less than the clock can tell.
    expect(outliers([1, 1, 1, 1, 1.001], 0.01)).toEqual([]);
    expect(outliers([1, 1, 1, 1, 1.001], 0)).toEqual([4]);
  });
});

describe('warnings', () => {
  const quiet = Array.from({ length: 40 }, (_, i) => 1 + 0.001 * (i % 7));
  const warn = (seconds: number[]): string[] => timingWarnings('gemm', { seconds, callsPerSample: 10 }, 1e-9);

  it('none for quiet samples', () => {
    expect(warn(quiet)).toEqual([]);
  });

  it('outliers, with what to do', () => {
    expect(warn([...quiet, 1.6])).toEqual([
      '1 of 41 samples are outliers, the furthest took 1.6 times the median: ' +
        'close other programs and run "gradsplit bench gemm" again',
    ]);
  });

  it('a wide interval and a trend', () => {
    expect(warn(quiet.map((s, i) => s * (i % 2 === 0 ? 1 : 1.5)))[0]).toMatch(
      /^the mean is known to ±\d+ % only/,
    );
    expect(
      warn(quiet.map((s, i) => s * (2 - i / 80))).some((w) => /^samples got faster by \d+ %/.test(w)),
    ).toBe(true);
  });
});
