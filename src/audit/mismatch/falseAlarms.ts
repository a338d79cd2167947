// How rare a false alarm of a rule about log-probs is, and the quantiles that follow from it.

import { studentTails } from '../../base/student.ts';

/** The rate of false alarms of one test under its null. */
export const FALSE_ALARM = 1e-4;

/** The quantile of the normal distribution at 1 − FALSE_ALARM. */
export const ONE_SIDED = 3.7190164854556804;

/** The quantile at 1 − FALSE_ALARM/2. */
export const TWO_SIDED = 3.890591886413121;

/** Above these degrees of freedom Student's t and the normal distribution differ by less than half a percent at these quantiles. */
const MANY = 1000;

/** The wideners by degrees of freedom, each computed once. */
const wideners = new Map<number, number>();

/**
 * How much wider an error from few clusters must be, so that TWO_SIDED times it bounds Student's t at the same rate (and ONE_SIDED times it
 * more than that): a standard error of few clusters is itself uncertain. NaN without a degree of freedom.
 * @param degrees of freedom, an integer
 */
export function widener(degrees: number): number {
  if (degrees < 1) return Number.NaN;
  if (degrees > MANY) return 1;
  const known = wideners.get(degrees);
  if (known !== undefined) return known;
  let [low, high] = [TWO_SIDED, 2 / FALSE_ALARM];
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (studentTails(middle, degrees) > FALSE_ALARM) low = middle;
    else high = middle;
  }
  const found = high / TWO_SIDED;
  wideners.set(degrees, found);
  return found;
}

/**
 * The calibrated noise of a sampler at top_p = 1: its standard deviation, and the share of tokens whose ratio of probabilities is outside
 * [0.9, 1.1]. Source: trl#6789.
 */
export const CALIBRATED = { sd: 0.05, share: 0.075, low: Math.log(0.9), high: Math.log(1.1) } as const;

/**
 * Whether a share of n independent trials is above a mean p beyond chance: Chernoff's bound e^{−n·KL(share‖p)} is below FALSE_ALARM.
 * @param share in (p, 1]
 */
export function isAbove(share: number, n: number, p: number): boolean {
  const rest = share === 1 ? 0 : (1 - share) * Math.log((1 - share) / (1 - p));
  return n * (share * Math.log(share / p) + rest) > -Math.log(FALSE_ALARM);
}

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
