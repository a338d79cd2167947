// Whether the log-probs at the start of the step are the odd ones out of three: far from the trained policy and from the sampler alike.
import type { Trajectory } from '../../rollouts/index.ts';
import { ClusteredMean } from './clusteredMeans.ts';
import { CALIBRATED, ONE_SIDED } from './falseAlarms.ts';
import { isLogProb, isPlaceholder } from './tokens.ts';

/** The least variance of the noise: a standard deviation of twice the calibrated one. */
export const LEAST_VARIANCE = (2 * CALIBRATED.sd) ** 2;

/** The noise of old log-probs. */
export interface OddNoise {
  /** Its standard deviation. */
  readonly sd: number;
  /** The standard error of its variance. */
  readonly error: number;
  /** How far trained policy and sampler differ, as the root of the mean square. */
  readonly between: number;
  /** The mean of log π_old − log π. */
  readonly mean: number;
}

/** Collects Cov(log π_old − log π, log π_old − log μ), which is the variance of what only π_old has. */
export class OddOne {
  private readonly shared = new ClusteredMean();
  private readonly rest = new ClusteredMean();
  private readonly mean = new ClusteredMean();

  /** Adds a trajectory, if it has all three. */
  add({ logProbs, oldLogProbs, samplerLogProbs, mask }: Trajectory): void {
    if (logProbs === undefined || oldLogProbs === undefined || samplerLogProbs === undefined) return;
    for (const [t, old] of oldLogProbs.entries()) {
      const [now, sampler] = [logProbs[t]!, samplerLogProbs[t]!];
      const areLogProbs = isLogProb(old) && isLogProb(now) && isLogProb(sampler);
      if (mask[t] === 0 || !areLogProbs || isPlaceholder(now, sampler)) continue;
      this.shared.add((old - now) * (old - sampler));
      this.rest.add((now - sampler) ** 2);
      this.mean.add(old - now);
    }
    for (const part of [this.shared, this.rest, this.mean]) part.end();
  }

  /** The noise; undefined where it is not beyond what sampler and updates explain. */
  noise(): OddNoise | undefined {
    const { value, error } = this.shared.estimate();
    const rest = this.rest.estimate().value;
    const isOdd = value - ONE_SIDED * error > 0 && value >= LEAST_VARIANCE && value >= rest;
    return isOdd
      ? { sd: Math.sqrt(value), error, between: Math.sqrt(rest), mean: this.mean.estimate().value }
      : undefined;
  }
}
