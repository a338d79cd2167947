// Student's t: intervals of a mean from few samples.

/** t with P(T ≤ t) = 0.975, for 1 … 30 degrees of freedom, by inversion of the regularised incomplete beta function. */
const QUANTILES: readonly number[] = [
  12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139,
  2.200985, 2.178813, 2.160369, 2.144787, 2.13145, 2.119905, 2.109816, 2.100922, 2.093024, 2.085963, 2.079614,
  2.073873, 2.068658, 2.063899, 2.059539, 2.055529, 2.051831, 2.048407, 2.04523, 2.042272,
];

/** The 97.5 % and the 80 % quantile of the normal distribution. */
const Z = 1.959963984540054;
const Z80 = 0.8416212335729143;

/** z + (z³ + z)/4ν + (5z⁵ + 16z³ + 3z)/96ν²: the quantile of Student's t from that of the normal distribution. */
function cornishFisher(z: number, degrees: number): number {
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

/**
 * The 97.5 % quantile of Student's t; above 30 degrees of freedom by the Cornish-Fisher expansion z + (z³ + z)/4ν +
 * (5z⁵ + 16z³ + 3z)/96ν², accurate to 10⁻⁴ there (Abramowitz and Stegun 26.7.5).
 * @param degrees ν, an integer ≥ 1
 */
export function studentQuantile(degrees: number): number {
  const known = QUANTILES[degrees - 1];
  if (known !== undefined) return known;
  return cornishFisher(Z, degrees);
}

/**
 * P(|T| > t) of Student's t, for t > 0. Source: Abramowitz and Stegun 26.7.3 and 26.7.4.
 * @param degrees ν, an integer ≥ 1
 */
export function studentTails(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const square = Math.cos(angle) ** 2;
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let k = isOdd ? 1 : 0; k <= degrees - 2; k += 2) {
    sum += term;
    term *= ((k + 1) / (k + 2)) * square;
  }
  const inside = isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return 1 - inside;
}

/** Arithmetic mean; NaN if there are no values. */
export function mean(samples: readonly number[]): number {
  return samples.reduce((sum, x) => sum + x, 0) / samples.length;
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

/** More samples than this are no plan. */
const MOST_SAMPLES = 10_000;

/**
 * How many samples would decide: the smallest n for which a 95 % interval of the mean leaves out 0 with a probability of 80 %, if the
 * mean m and the standard deviation s are those of the samples seen: (t_{0.975} + t_{0.8})·s/√n ≤ |m|, with n − 1 degrees of freedom.
 * @returns undefined for fewer than two samples, a mean of 0, or more than 10 000
 */
export function samplesToDecide(samples: readonly number[]): number | undefined {
  const m = mean(samples);
  const seen = samples.length;
  if (seen < 2 || !Number.isFinite(m) || m === 0) return undefined;
  const s = Math.sqrt(samples.reduce((sum, x) => sum + (x - m) ** 2, 0) / (seen - 1));
  for (let n = 2; n <= MOST_SAMPLES; n++) {
    const quantiles = studentQuantile(n - 1) + cornishFisher(Z80, n - 1);
    if ((quantiles * s) / Math.sqrt(n) <= Math.abs(m)) return n;
  }
  return undefined;
}
