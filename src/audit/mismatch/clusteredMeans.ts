// Means of numbers that come in clusters, such as the tokens of a trajectory, with errors that allow for any dependence inside a cluster.

import { widener } from './falseAlarms.ts';

/** A mean with its standard error; from few clusters it is widened, so that normal quantiles hold. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** The mean of numbers in clusters. It keeps five sums. */
export class ClusteredMean {
  private count = 0;
  private sum = 0;
  private readonly squares = { nn: 0, ns: 0, ss: 0 };
  private inCluster = { n: 0, s: 0 };
  /** Clusters with at least one number. */
  clusters = 0;

  /** Numbers added. */
  get size(): number {
    return this.count + this.inCluster.n;
  }

  /** Adds a number to the present cluster. */
  add(x: number): void {
    this.inCluster.n++;
    this.inCluster.s += x;
  }

  /** Ends the present cluster. */
  end(): void {
    const { n, s } = this.inCluster;
    if (n === 0) return;
    this.clusters++;
    this.count += n;
    this.sum += s;
    this.squares.nn += n * n;
    this.squares.ns += n * s;
    this.squares.ss += s * s;
    this.inCluster = { n: 0, s: 0 };
  }

  /**
   * m = Σs/Σn over clusters with n numbers of sum s, and its error √(K/(K − 1)·Σ(s − m·n)²)/Σn, widened to Student's t with K − 1 degrees
   * of freedom; the error is NaN with one cluster.
   * Source: Cochran, "Sampling techniques", 1977, the ratio estimator.
   */
  estimate(): Estimate {
    const { nn, ns, ss } = this.squares;
    const value = this.sum / this.count;
    const square = Math.max(0, ss - 2 * value * ns + value * value * nn);
    const error =
      this.clusters < 2
        ? Number.NaN
        : (Math.sqrt((square * this.clusters) / (this.clusters - 1)) / this.count) *
          widener(this.clusters - 1);
    return { value, error };
  }
}
