// Long noisy series made readable: means over neighbours, and as many points as a picture can show.
import type { Point } from '../../claims/figure.ts';

/** Fewer values than this are drawn as they are. */
const FEW = 40;

/** Steps on either side that a mean is taken over, for a series of n values: a thirtieth of them; 0 is no smoothing. */
export function halfWindow(n: number): number {
  return n <= FEW ? 0 : Math.max(2, Math.round(n / 30));
}

/** ȳ_i = mean of y_j, |j − i| ≤ half; at the ends of those that there are. Sums run over at most 2·half + 1 values. */
export function smoothed(points: readonly Point[], half: number): Point[] {
  return points.map(([x], i): Point => {
    const around = points.slice(Math.max(0, i - half), i + half + 1);
    return [x, around.reduce((sum, [, y]) => sum + y, 0) / around.length];
  });
}

/** At most 2·bins points: of every bin of neighbours the lowest and the highest, so that no spike is lost. */
export function thinned(points: readonly Point[], bins: number): readonly Point[] {
  if (points.length <= 2 * bins) return points;
  return Array.from({ length: bins }, (_, bin) => {
    const from = Math.floor((bin * points.length) / bins);
    const inside = points.slice(from, Math.floor(((bin + 1) * points.length) / bins));
    const low = inside.reduce((a, b) => (b[1] < a[1] ? b : a));
    const high = inside.reduce((a, b) => (b[1] > a[1] ? b : a));
    return low[0] <= high[0] ? [low, high] : [high, low];
  }).flat();
}
