// How two columns rise together, by their ranks: Spearman's coefficient, and the least-squares slope.
import { Column, sumOf } from './columns/column.ts';
import { orderOf } from './columns/order.ts';

/** [n] ranks from 0; equal numbers share the mean of their places. */
function ranksOf(values: Column): Column {
  const order = orderOf(values, values.memory);
  const ranks = Column.filled(values.length, 0, values.memory);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values.at(order.at(to)) === values.at(order.at(from))) to++;
    for (let k = from; k < to; k++) ranks.set(order.at(k), (from + to - 1) / 2);
    from = to;
  }
  return ranks;
}

/** Mean and sum of squared deviations. */
function spread(values: Column): { readonly mean: number; readonly squares: number } {
  const mean = sumOf(values) / values.length;
  return { mean, squares: sumOf(values, (x) => (x - mean) ** 2) };
}

/** The standard deviation of numbers, with divisor n. */
export function deviation(values: Column): number {
  return Math.sqrt(spread(values).squares / values.length);
}

/** The slope of y on x by least squares, and their correlation; NaN where x does not vary. */
export function slopeOf(x: Column, y: Column): { readonly slope: number; readonly correlation: number } {
  const [a, b] = [spread(x), spread(y)];
  let product = 0;
  for (let i = 0; i < x.length; i++) product += (x.at(i) - a.mean) * (y.at(i) - b.mean);
  return { slope: product / a.squares, correlation: product / Math.sqrt(a.squares * b.squares) };
}

/**
 * z = ρ·√(n − 1) of Spearman's ρ. If the two are independent it has mean 0 and variance 1 whatever their distributions, and is nearly
 * normal for n ≥ 10. Source: Spearman 1904.
 */
export function spearmanZ(x: Column, y: Column): number {
  return slopeOf(ranksOf(x), ranksOf(y)).correlation * Math.sqrt(x.length - 1);
}
