// How two columns rise together, by their ranks: Spearman's coefficient, and the least-squares slope.

/** [n] ranks from 0; equal numbers share the mean of their places. */
function ranksOf(values: Float64Array): Float64Array {
  const order = Int32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++) ranks[order[k]!] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}

/** Mean and sum of squared deviations. */
function spread(values: Float64Array): { readonly mean: number; readonly squares: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, squares: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) };
}

/** The standard deviation of numbers, with divisor n. */
export function deviation(values: Float64Array): number {
  return Math.sqrt(spread(values).squares / values.length);
}

/** The slope of y on x by least squares, and their correlation; NaN where x does not vary. */
export function slopeOf(
  x: Float64Array,
  y: Float64Array,
): { readonly slope: number; readonly correlation: number } {
  const [a, b] = [spread(x), spread(y)];
  const product = x.reduce((sum, value, i) => sum + (value - a.mean) * (y[i]! - b.mean), 0);
  return { slope: product / a.squares, correlation: product / Math.sqrt(a.squares * b.squares) };
}

/**
 * z = ρ·√(n − 1) of Spearman's ρ. If the two are independent it has mean 0 and variance 1 whatever their distributions, and is nearly
 * normal for n ≥ 10. Source: Spearman 1904.
 */
export function spearmanZ(x: Float64Array, y: Float64Array): number {
  return slopeOf(ranksOf(x), ranksOf(y)).correlation * Math.sqrt(x.length - 1);
}
