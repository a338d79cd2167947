// Whether numbers change their mean at a place: the largest deviation of partial sums from a straight line.

/** Fewer numbers say nothing about a change. */
const LEAST = 40;

/** A possible change. */
export interface ChangePoint {
  /** The index of the first number after it. */
  readonly at: number;
  /** max_k |S_k − k/n·S_n|/(σ·√n); above x with probability about 2e^{−2x²} if there is no change. */
  readonly size: number;
}

/**
 * The likeliest place of a change; undefined for fewer than 40 numbers or equal ones. σ is the standard deviation of all of them, which
 * a change inflates, so that the test errs to the safe side. Source: Page, "Continuous inspection schemes", 1954; Kolmogorov 1933.
 */
export function changePoint(values: readonly number[]): ChangePoint | undefined {
  const n = values.length;
  if (n < LEAST) return undefined;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  let square = 0;
  let partial = 0;
  let most = 0;
  let at = 0;
  for (const [k, x] of values.entries()) {
    square += (x - mean) ** 2;
    partial += x - mean;
    if (Math.abs(partial) <= most) continue;
    most = Math.abs(partial);
    at = k + 1;
  }
  if (!(square > 0) || at >= n) return undefined;
  return { at, size: most / Math.sqrt(square) };
}
