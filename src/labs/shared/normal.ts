// The normal distribution: its distribution function and its quantiles.

const SQRT_2PI = Math.sqrt(2 * Math.PI);

/** Where the series, whose terms grow before they fall, gives way to the continued fraction. */
const SERIES_END = 3;
/** Of the continued fraction; at x ≥ 3 what is left out changes the value by less than 1e-16 of itself. */
const FRACTION_DEPTH = 80;

/** φ(x) = e^{−x²/2}/√(2π). */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / SQRT_2PI;
}

/** P(Z > x) for x ≥ 3: φ(x)/(x + 1/(x + 2/(x + 3/(x + …)))). Source: Laplace, "Théorie analytique des probabilités", 1812. */
function farTail(x: number): number {
  let denominator = x;
  for (let k = FRACTION_DEPTH; k >= 1; k--) denominator = x + k / denominator;
  return normalDensity(x) / denominator;
}

/**
 * Φ(x) = P(Z ≤ x), right to a few 1e-16 of itself for x ≤ −3 and absolutely elsewhere: ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …) within ±3.
 * Source: Abramowitz and Stegun 26.2.11 and 26.2.14, 1964.
 */
export function normalCdf(x: number): number {
  if (x <= -SERIES_END) return farTail(-x);
  if (x >= SERIES_END) return 1 - farTail(x);
  let term = x;
  let series = x;
  for (let k = 3; Math.abs(term) > Number.EPSILON * Math.abs(series); k += 2) {
    term *= (x * x) / k;
    series += term;
  }
  return 0.5 + normalDensity(x) * series;
}

/** The x with Φ(x) = p, by bisection to the last bit; ±Infinity at p = 1 and p = 0. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  let [low, high] = [-39, 39];
  for (let middle = 0; low < middle || middle < high; ) {
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
    const next = low + (high - low) / 2;
    if (next <= low || next >= high) return high;
    middle = next;
  }
  return high;
}
