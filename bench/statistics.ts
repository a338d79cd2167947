// Mean, confidence interval and outliers of a list of samples.

/** Arithmetic mean. */
export function mean(samples: readonly number[]): number {
  return samples.reduce((sum, x) => sum + x, 0) / samples.length;
}

/** The middle value. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** 97.5 % quantile of Student's t: z + (z³ + z)/4ν + (5z⁵ + 16z³ + 3z)/96ν² with z = 1.96; right to 1 % from ν = 5 on. */
export function studentQuantile(degrees: number): number {
  const z = 1.959963984540054;
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

/** 95 % confidence interval of the mean: mean ± t·s/√n. A single sample tells nothing: the interval is the sample. */
export function confidence95(samples: readonly number[]): [number, number] {
  const m = mean(samples);
  const n = samples.length;
  if (n < 2) return [m, m];
  const variance = samples.reduce((sum, x) => sum + (x - m) ** 2, 0) / (n - 1);
  const half = studentQuantile(n - 1) * Math.sqrt(variance / n);
  return [m - half, m + half];
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
