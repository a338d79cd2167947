// The straight line that advantages of a group lie on: A = s·(r − b) with b the baseline, whatever the trainer divided by.
import type { Numbers } from '../columns/column.ts';
import { greatestOf } from './extremes.ts';
import { type Precision, roundingOf } from './precision.ts';

/** Rewards and logged advantages, [N] each, with the rounding that they show. */
export interface Logged {
  readonly reward: Numbers;
  readonly advantage: Numbers;
  readonly ofReward: Precision;
  readonly ofAdvantage: Precision;
}

/** A line through the advantages of a group. */
export interface Line {
  /** s: the advantage per unit of reward. */
  readonly slope: number;
  /** b: the reward at which the advantage is 0. */
  readonly baseline: number;
  /** How far off b may be because of rounding. */
  readonly uncertainty: number;
  /** How far off A may be because of rounding. */
  readonly tolerance: number;
  /** The largest |A − s·(r − b)|. */
  readonly misfit: number;
}

/** Largest minus smallest reward of some trajectories. */
export function rangeOf(values: Numbers, of: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const i of of) {
    least = Math.min(least, values.at(i));
    most = Math.max(most, values.at(i));
  }
  return most - least;
}

/** The mean of a column over some trajectories. */
export function meanOf(values: Numbers, of: readonly number[]): number {
  let sum = 0;
  for (const i of of) sum += values.at(i);
  return sum / of.length;
}

/** The standard deviation of a column over some trajectories, with divisor n − ddof. */
export function stdOf(values: Numbers, of: readonly number[], ddof: 0 | 1): number {
  const mean = meanOf(values, of);
  let square = 0;
  for (const i of of) square += (values.at(i) - mean) ** 2;
  return Math.sqrt(square / (of.length - ddof));
}

/** Whether the rewards of some trajectories differ by more than rounding. */
export function doRewardsDiffer({ reward, ofReward }: Logged, of: readonly number[]): boolean {
  const largest = greatestOf(of.map((i) => Math.abs(reward.at(i))));
  return rangeOf(reward, of) > 4 * roundingOf(largest, ofReward);
}

/**
 * The line of least squares through some trajectories. With errors δA and δr of the logged numbers, s is off by at most
 * 2(δA + |s|·δr)/range per end, and b by at most 3(δr + δA/|s|) within the range.
 * @returns undefined where rewards are equal, a number is missing, or A does not grow with r
 */
export function lineOf(logged: Logged, of: readonly number[]): Line | undefined {
  const { reward, advantage, ofReward, ofAdvantage } = logged;
  if (of.length < 2 || !doRewardsDiffer(logged, of)) return undefined;
  const [meanReward, meanAdvantage] = [meanOf(reward, of), meanOf(advantage, of)];
  let square = 0;
  let product = 0;
  let largest = 0;
  let highest = 0;
  for (const i of of) {
    square += (reward.at(i) - meanReward) ** 2;
    product += (reward.at(i) - meanReward) * (advantage.at(i) - meanAdvantage);
    largest = Math.max(largest, Math.abs(reward.at(i)));
    highest = Math.max(highest, Math.abs(advantage.at(i)));
  }
  const slope = product / square;
  if (!(slope > 0) || !Number.isFinite(slope)) return undefined;
  const deltaReward = roundingOf(largest, ofReward);
  const deltaAdvantage = roundingOf(highest, ofAdvantage);
  const baseline = meanReward - meanAdvantage / slope;
  const misfit = greatestOf(of.map((i) => Math.abs(advantage.at(i) - slope * (reward.at(i) - baseline))));
  return {
    slope,
    baseline,
    uncertainty: 3 * (deltaReward + deltaAdvantage / slope),
    tolerance: 3 * (deltaAdvantage + slope * deltaReward),
    misfit,
  };
}

/** Whether the trajectories of a line lie on it but for rounding. */
export function isStraight({ misfit, tolerance }: Line): boolean {
  return misfit <= tolerance;
}
