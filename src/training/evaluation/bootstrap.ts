// The percentile bootstrap measures the spread of a statistic over samples drawn with replacement from the given sample.
import type { RandomStream } from '../../base/random.ts';
import type { Estimate } from '../../documents/evaluation.ts';

const RESAMPLES = 400;

function percentiles(values: readonly number[]): [number, number] {
  const sorted = values.filter((x) => !Number.isNaN(x)).sort((x, y) => x - y);
  const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/**
 * Computes statistics of a sample with intervals from the 2.5 % to the 97.5 % quantile of 400 resamples. A
 * resample in which a statistic is NaN is left out for that statistic.
 * Source: Efron, "Bootstrap methods: another look at the jackknife", 1979.
 * @param count the number of rows of the sample
 * @param statistics computes the statistics of the rows with these indices, always the same number of them
 */
export function bootstrap(
  count: number,
  statistics: (rows: readonly number[]) => readonly number[],
  random: RandomStream,
): Estimate[] {
  const value = statistics(Array.from({ length: count }, (_, row) => row));
  const resampled = Array.from({ length: RESAMPLES }, () =>
    statistics(Array.from({ length: count }, () => random.integer(count))),
  );
  return value.map((mean, i) => ({ mean, ci95: percentiles(resampled.map((one) => one[i]!)) }));
}
