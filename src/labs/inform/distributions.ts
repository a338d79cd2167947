// Tails of the χ² and the F distribution: the regularised incomplete gamma and beta functions.

/** Terms of a series or a continued fraction; far fewer are needed for the sizes of a latent space. */
const MOST_TERMS = 10_000;

/** Coefficients of Lanczos' approximation with g = 7 and nine terms: relative error below 1e-14 for x > 0. */
const LANCZOS: readonly number[] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** log Γ(x) for x ≥ 0.5. Source: Lanczos, "A precision approximation of the gamma function", 1964. */
export function logGamma(x: number): number {
  const z = x - 1;
  const series = LANCZOS.reduce((sum, c, k) => sum + (k === 0 ? c : c / (z + k)), 0);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(series);
}

/** b₀ + a₁/(b₁ + a₂/(b₂ + …)) by the modified algorithm of Lentz, to rounding. */
function continuedFraction(
  b0: number,
  term: (k: number) => { readonly a: number; readonly b: number },
): number {
  const away = (x: number): number => (Math.abs(x) < 1e-300 ? 1e-300 : x);
  let value = away(b0);
  let [c, d] = [value, 0];
  for (let k = 1; k <= MOST_TERMS; k++) {
    const { a, b } = term(k);
    d = 1 / away(b + a * d);
    c = away(b + a / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return value;
  }
  throw new Error(`continuedFraction: expected to converge within ${MOST_TERMS} terms`);
}

/**
 * P(X > x) of a χ² distribution: Q(d/2, x/2), the series of 1 − Q below its mean and the continued fraction above it
 * (Abramowitz and Stegun 6.5.29 and 6.5.31).
 * @param degrees d ≥ 1
 */
export function chiSquareTail(x: number, degrees: number): number {
  if (!(x > 0)) return 1;
  const [a, y] = [degrees / 2, x / 2];
  const scale = Math.exp(a * Math.log(y) - y - logGamma(a));
  if (y >= a + 1) {
    return scale / continuedFraction(y + 1 - a, (k) => ({ a: -k * (k - a), b: y + 2 * k + 1 - a }));
  }
  let [sum, term] = [1 / a, 1 / a];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= y / (a + k);
    sum += term;
  }
  return 1 - scale * sum;
}

/** I_x(a, b), the regularised incomplete beta function. Source: Abramowitz and Stegun 26.5.8. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean; above it the other tail is computed.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const scale = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b) - Math.log(a),
  );
  const term = (k: number): { a: number; b: number } => {
    const m = Math.floor(k / 2);
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return { a: k % 2 === 0 ? even : odd, b: 1 };
  };
  return scale / continuedFraction(1, term);
}

/** P(X > x) of an F distribution: I_{m/(m + k·x)}(m/2, k/2). */
export function fTail(x: number, k: number, m: number): number {
  return x > 0 ? incompleteBeta(m / (m + k * x), m / 2, k / 2) : 1;
}
