// Whether the level of the outlier test is kept where points are Gaussian for certain, and what a bottleneck can do to distances.
import { randomStream } from '../../base/random.ts';
import { mean } from '../../base/student.ts';
import { FittedGaussian } from './outliers.ts';

/** Gaussians that are fitted. */
const TRIALS = 4000;

/**
 * Fits a Gaussian to n = 4·d standard normal points and tests one more, many times over: the share found improbable by the F
 * distribution and by χ². And the largest relative change of D² when the axes are shrunk, each by a factor of its own, as a bottleneck
 * shrinks directions: none but for rounding, unless a ridge is added to the variances.
 */
export function gaussianOutliers(
  size: number,
  level: number,
  seed: number,
): Record<'shareByF' | 'shareByChiSquare' | 'shrinkingChange' | 'shrinkingChangeWithRidge', number> {
  const random = randomStream(seed, 'gaussian outliers');
  const point = (): Float64Array => Float64Array.from({ length: size }, () => random.normal());
  const factor = Float64Array.from({ length: size }, () => 2 ** (-6 * random.uniform()));
  const shrunk = (x: Float64Array): Float64Array => x.map((value, k) => value * factor[k]!);
  /** |D²(shrunk)/D² − 1|. */
  const changeOf = (points: readonly Float64Array[], at: Float64Array, ridge: number): number => {
    const before = new FittedGaussian(points, ridge).squaredDistance(at);
    return Math.abs(new FittedGaussian(points.map(shrunk), ridge).squaredDistance(shrunk(at)) / before - 1);
  };
  let [change, withRidge] = [0, 0];
  const outlying = Array.from({ length: TRIALS }, (_, trial) => {
    const points = Array.from({ length: 4 * size }, point);
    const fresh = point();
    const fitted = new FittedGaussian(points);
    const squared = fitted.squaredDistance(fresh);
    if (trial < TRIALS / 40) {
      change = Math.max(change, changeOf(points, fresh, 0));
      withRidge = Math.max(withRidge, changeOf(points, fresh, 1e-3));
    }
    return {
      byF: fitted.pValue(squared) < level ? 1 : 0,
      byChiSquare: fitted.asymptoticPValue(squared) < level ? 1 : 0,
    };
  });
  return {
    shareByF: mean(outlying.map(({ byF }) => byF)),
    shareByChiSquare: mean(outlying.map(({ byChiSquare }) => byChiSquare)),
    shrinkingChange: change,
    shrinkingChangeWithRidge: withRidge,
  };
}
