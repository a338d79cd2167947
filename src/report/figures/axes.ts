// From where to where axes run, and what stands on them.

/** Axes of numbers below this would run into subnormal numbers; they are drawn as zeros. */
const SMALLEST = 1e-290;

/** [lowest, highest] of some numbers, opened a little where all are equal, and rounding noise counted as equal. */
export function domain(values: readonly number[]): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Sums of a few thousand terms agree to 12 digits; a picture of their noise would say the opposite of the claim.
  if (high - low > 1e-12 * size && size > SMALLEST) return [low, high];
  const margin = size > SMALLEST ? size / 2 : 1;
  return [low - margin, high + margin];
}

/** The domain with zero in it, where the numbers are not far from it compared with their spread. */
export function towardsZero([low, high]: [number, number]): [number, number] {
  if (low > 0 && low < 0.7 * high) return [0, high];
  if (high < 0 && high > 0.7 * low) return [low, 0];
  return [low, high];
}

/** Ticks at every integer where the axis counts something small, else where Plot puts them. */
export function countingTicks(
  [low, high]: readonly [number, number],
  values: readonly number[],
): { ticks?: number[] } {
  if (!values.every(Number.isInteger) || high - low > 24) return {};
  const first = Math.ceil(low);
  return { ticks: Array.from({ length: Math.floor(high) - first + 1 }, (_, i) => first + i) };
}

/** What the label of an axis adds where the axis leaves out 0: from where to where it runs. */
export function cutNote([low, high]: readonly number[], show: (value: number) => string): string {
  if (low === undefined || high === undefined || (low <= 0 && high >= 0)) return '';
  return `, axis cut: ${show(low)} to ${show(high)}`;
}
