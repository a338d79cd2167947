// Median and outliers of a list of samples.

/** The middle value. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Indices of samples whose modified z-score exceeds 10: |x − median| / (1.4826·MAD), the MAD being at least `floor`, below
 * which the clock cannot tell samples apart (Iglewicz and Hoaglin 1993, with hyperfine's idea of a high threshold: only
 * disturbances from outside, not the spread of the measurement).
 */
export function outliers(samples: readonly number[], floor: number): number[] {
  const centre = median(samples);
  const deviation = Math.max(median(samples.map((x) => Math.abs(x - centre))), floor);
  return samples.flatMap((x, i) => (Math.abs(x - centre) / (1.4826 * deviation) > 10 ? [i] : []));
}
