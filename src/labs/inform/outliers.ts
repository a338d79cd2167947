// How far a point lies from the Gaussian of the reference samples, and how improbable that is.
import { InputError } from '../../base/errors.ts';
import { cholesky, choleskySolve } from '../../base/linalg.ts';
import { chiSquareTail, fTail } from './distributions.ts';

/** The Gaussian fitted to n points in d dimensions. */
export class FittedGaussian {
  /** n and d. */
  readonly count: number;
  readonly size: number;
  readonly #mean: Float64Array;
  readonly #factor: Float64Array;

  /**
   * The sample mean and the sample covariance, with the divisor n − 1.
   * @param points [n][d]
   * @param ridge added to the variances; p-values are right without it only
   * @throws InputError if the covariance is singular, as it is for n ≤ d
   */
  constructor(points: readonly Float64Array[], ridge = 0) {
    this.count = points.length;
    this.size = points[0]?.length ?? 0;
    const { count, size } = this;
    this.#mean = Float64Array.from({ length: size }, (_, k) => points.reduce((s, p) => s + p[k]!, 0) / count);
    const covariance = new Float64Array(size * size);
    for (const point of points) {
      for (let j = 0; j < size; j++) {
        for (let k = 0; k < size; k++) {
          covariance[j * size + k]! +=
            ((point[j]! - this.#mean[j]!) * (point[k]! - this.#mean[k]!)) / (count - 1);
        }
      }
    }
    for (let k = 0; k < size; k++) covariance[k * size + k]! += ridge;
    const factor = count > size ? cholesky(covariance, size) : undefined;
    if (factor === undefined) {
      throw new InputError(
        `outliers: expected points that span ${size} dimensions, found ${count} points with a singular covariance`,
      );
    }
    this.#factor = factor;
  }

  /** D² = (x − x̄)ᵀ S⁻¹ (x − x̄). */
  squaredDistance(point: Float64Array): number {
    const from = point.map((x, k) => x - this.#mean[k]!);
    return choleskySolve(this.#factor, from).reduce((sum, x, k) => sum + x * from[k]!, 0);
  }

  /**
   * P(a new sample of the same Gaussian lies as far as D² or farther), if mean and covariance were known: the tail of χ²_d.
   */
  asymptoticPValue(squaredDistance: number): number {
    return chiSquareTail(squaredDistance, this.size);
  }

  /**
   * The same with mean and covariance estimated from n samples: n(n − d)/(d(n² − 1))·D² has the F distribution with d and n − d
   * degrees of freedom. Source: Hotelling, "The generalization of Student's ratio", 1931.
   */
  pValue(squaredDistance: number): number {
    const { count: n, size: d } = this;
    return fTail(((n * (n - d)) / (d * (n * n - 1))) * squaredDistance, d, n - d);
  }
}
