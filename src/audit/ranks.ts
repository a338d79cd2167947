// How two columns rise together, by their ranks: Spearman's coefficient, and the least-squares slope.
import { Column, sumOf } from './columns/column.ts';
import { ordered, placed } from './columns/order.ts';

/** [n] ranks from 0; equal numbers share the mean of their places. */
function ranksOf(column: Column): Column {
  const { memory } = column;
  const { values, order } = ordered(column, memory);
  const ranks = new Column(memory);
  while (ranks.length < values.length) {
    const from = ranks.length;
    let to = from;
    while (to < values.length && values.at(to) === values.at(from)) to++;
    while (ranks.length < to) ranks.push((from + to - 1) / 2);
  }
  return placed(ranks, order, memory);
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
