// A line through points that come in clusters, with errors that allow for any dependence inside a cluster.
import type { Estimate } from './clusteredMeans.ts';
import { widener } from './falseAlarms.ts';

/** y ≈ intercept + slope·x. */
export interface Line {
  readonly intercept: Estimate;
  readonly slope: Estimate;
}

/** The sums of a cluster: 1, x, y, x², xy. */
const SUMS = 5;

/**
 * Least squares with standard errors by clusters (the sandwich estimator), widened to Student's t with K − 2 degrees of freedom. It keeps the sums of a cluster and the products of them over
 * clusters, 30 numbers. Source: Liang and Zeger, "Longitudinal data analysis using generalized linear models", 1986.
 */
export class ClusteredLine {
  private readonly total = new Float64Array(SUMS);
  private readonly products = new Float64Array(SUMS * SUMS);
  private readonly cluster = new Float64Array(SUMS);
  /** Clusters with at least one point. */
  clusters = 0;

  /** Adds a point to the present cluster. */
  add(x: number, y: number): void {
    const { cluster } = this;
    cluster[0]!++;
    cluster[1]! += x;
    cluster[2]! += y;
    cluster[3]! += x * x;
    cluster[4]! += x * y;
  }

  /** Ends the present cluster. */
  end(): void {
    const { cluster, total, products } = this;
    if (cluster[0] === 0) return;
    this.clusters++;
    for (let a = 0; a < SUMS; a++) {
      total[a]! += cluster[a]!;
      for (let b = 0; b < SUMS; b++) products[a * SUMS + b]! += cluster[a]! * cluster[b]!;
    }
    cluster.fill(0);
  }

  /** aᵀ·Σ_clusters s·sᵀ·b for combinations a and b of the sums. */
  private form(a: readonly number[], b: readonly number[]): number {
    let out = 0;
    for (let i = 0; i < SUMS; i++) {
      for (let j = 0; j < SUMS; j++) out += a[i]! * this.products[i * SUMS + j]! * b[j]!;
    }
    return out;
  }

  /** The line; undefined with fewer than three clusters, or where x does not vary. */
  line(): Line | undefined {
    const [n, x, y, xx, xy] = this.total as Iterable<number> as [number, number, number, number, number];
    const spread = n * xx - x * x;
    if (this.clusters < 3 || !(spread > 1e-12 * n * xx)) return undefined;
    const slope = (n * xy - x * y) / spread;
    const intercept = (y - slope * x) / n;
    // The scores of a cluster: Σ(y − a − bx) and Σx(y − a − bx).
    const first = [-intercept, -slope, 1, 0, 0];
    const second = [0, -intercept, 0, -slope, 1];
    const f11 = this.form(first, first);
    const f12 = this.form(first, second);
    const f22 = this.form(second, second);
    const small = this.clusters / (this.clusters - 1);
    const wide = widener(this.clusters - 2);
    const error = (p: number, q: number): number =>
      (wide * Math.sqrt(Math.max(0, small * (p * p * f11 + 2 * p * q * f12 + q * q * f22)))) / spread;
    return {
      slope: { value: slope, error: error(-x, n) },
      intercept: { value: intercept, error: error(xx, -x) },
    };
  }
}
