// How rare a false alarm of a rule about log-probs is, and the quantiles that follow from it.

/** The rate of false alarms of one test under its null. */
export const FALSE_ALARM = 1e-4;

/** The quantile of the normal distribution at 1 − FALSE_ALARM. */
export const ONE_SIDED = 3.7190164854556804;

/** The quantile at 1 − FALSE_ALARM/2. */
export const TWO_SIDED = 3.890591886413121;

/**
 * The calibrated noise of a sampler at top_p = 1: its standard deviation, and the share of tokens whose ratio of probabilities is outside
 * [0.9, 1.1]. Source: trl#6789.
 */
export const CALIBRATED = { sd: 0.05, share: 0.075, low: Math.log(0.9), high: Math.log(1.1) } as const;

/**
 * The least k with P(N ≥ k) ≤ rate for a Poisson number N.
 * @param mean of N, at least 0
 */
export function poissonLimit(mean: number, rate: number): number {
  // P(N ≥ k) = 1 − Σ_{j<k} e^{−mean}·mean^j/j!, summed from the far side, so that small tails are right.
  const logTerm = (k: number): number => {
    let log = -mean + k * Math.log(mean);
    for (let j = 2; j <= k; j++) log -= Math.log(j);
    return log;
  };
  if (mean === 0) return 1;
  for (let k = Math.max(1, Math.floor(mean)); ; k++) {
    let tail = 0;
    let term = Math.exp(logTerm(k));
    for (let j = k; term > 1e-3 * rate * Number.EPSILON && j < k + 1000 + 10 * mean; j++) {
      tail += term;
      term *= mean / (j + 1);
    }
    if (tail <= rate) return k;
  }
}
