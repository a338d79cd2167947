// The statistics of benchmarks, against printed tables and known distributions.
import { describe, expect, it } from 'vitest';
import { median, outliers } from '../../bench/statistics.ts';
import { timingWarnings } from '../../bench/warnings.ts';

describe('statistics', () => {
  it('median', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 9])).toBe(3);
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
