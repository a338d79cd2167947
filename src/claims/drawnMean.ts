// Means of independent draws, judged by their standard error.
import type { Tolerance } from '../attribution/tolerance.ts';
import { type Comparison, difference } from './check.ts';

/** Standard errors that are allowed: a true statement fails with probability 6·10⁻⁷. */
const SIGMAS = 5;

/** The mean of independent draws against what it should be, with five standard errors as tolerance. */
export function meanAgainst(
  draws: Float64Array,
  expected: number,
): { comparison: Comparison; tolerance: Tolerance } {
  const n = draws.length;
  const mean = draws.reduce((a, b) => a + b, 0) / n;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  const value = SIGMAS * Math.sqrt(variance / n);
  const bound = `Monte Carlo: ${SIGMAS} standard errors of ${n} trajectories (a true statement fails with probability 6·10⁻⁷)`;
  return { comparison: difference(mean, expected), tolerance: { value, bound } };
}
