// Kendall's test for a trend: how probable so many pairs in ascending order are if the order means nothing.

/** Above this many numbers the normal distribution stands in: its error is below 10⁻³ there. */
const EXACT = 30;

/** P(Z ≥ z), to 10⁻⁷; Abramowitz and Stegun 26.2.17. */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

/**
 * P(at least as many ascending pairs) over all orders of n different numbers; ties count as descending. The counts of permutations by
 * ascending pairs are the Mahonian numbers. Source: Kendall, "A new measure of rank correlation", 1938.
 */
export function risingProbability(values: readonly number[]): number {
  const n = values.length;
  let rising = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) if (values[j]! > values[i]!) rising++;
  const pairs = (n * (n - 1)) / 2;
  if (n > EXACT) {
    const sd = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 72);
    return upperTail((rising - 0.5 - pairs / 2) / sd);
  }
  let share = [1];
  for (let k = 2; k <= n; k++) {
    const next = new Array<number>(share.length + k - 1).fill(0);
    for (const [count, p] of share.entries())
      for (let more = 0; more < k; more++) next[count + more]! += p / k;
    share = next;
  }
  return share.slice(rising).reduce((sum, p) => sum + p, 0);
}
