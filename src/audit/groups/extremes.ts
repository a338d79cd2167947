// The greatest and the least of many numbers: as arguments of one call there may be too many of them.

/** The greatest number; −∞ of none. */
export function greatestOf(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const x of values) most = Math.max(most, x);
  return most;
}

/** The least number; ∞ of none. */
export function leastOf(values: Iterable<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const x of values) least = Math.min(least, x);
  return least;
}
