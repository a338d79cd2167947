// The advantages of all objectives once more, as the papers write them: plain loops over lists, means as means. Shares no code with src.
import type { Options } from '../../src/base/options.ts';

export const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
export const mean = (xs: readonly number[]): number => (xs.length === 0 ? 0 : sum(xs) / xs.length);

/** Rewards after what is taken off, and what else advantages are made of, by trajectory. */
export interface RewardLists {
  readonly rewards: readonly number[];
  /** The same by reward function. */
  readonly functions: readonly (readonly number[])[];
  readonly lengths: readonly number[];
  readonly group: ArrayLike<number>;
}

const areEqual = (xs: readonly number[]): boolean => xs.every((x) => x === xs[0]);

/** Standard deviation, 0 where it is not defined. */
export function deviation(xs: readonly number[], ddof: number): number {
  if (areEqual(xs) || xs.length <= ddof) return 0;
  return Math.sqrt(sum(xs.map((x) => (x - mean(xs)) ** 2)) / (xs.length - ddof));
}

function grouped(rewards: readonly number[], group: ArrayLike<number>, i: number) {
  const members = rewards.map((_, j) => j).filter((j) => group[j] === group[i]);
  const pick = (indices: readonly number[]): number[] => indices.map((j) => rewards[j]!);
  return { members, all: pick(members), others: pick(members.filter((j) => j !== i)) };
}

/** (R − baseline)/std, the way of GRPO. */
function standard(rewards: readonly number[], group: ArrayLike<number>, options: Options): number[] {
  const ddof = options.ddof as number;
  const epsilon = options.stdEpsilon as number;
  return rewards.map((r, i) => {
    const { all, others } = grouped(rewards, group, i);
    if (others.length === 0) {
      if (options.groupOfOne === 'zero') return 0;
      return options.normalizeByStd ? r / (1 + epsilon) : r;
    }
    const a = r - mean(options.groupBaseline === 'mean' ? all : others);
    if (!options.normalizeByStd) return a;
    // Where all rewards are equal the numerator is only rounding.
    if (areEqual(all)) return 0;
    if (options.stdScope === 'others' && deviation(others, ddof) === 0) return a;
    const whose = options.stdScope === 'others' ? others : options.stdScope === 'batch' ? rewards : all;
    return a / (deviation(whose, ddof) + epsilon);
  });
}

/** Advantages before they are whitened, if they are. */
export function beforeWhitening(name: string, lists: RewardLists, options: Options): number[] {
  const { rewards, functions, lengths, group } = lists;
  if (name === 'gdpo') {
    const weights = options.rewardWeights as readonly number[];
    const each = functions.map((one, k) =>
      standard(one, group, options).map((a) => a * (weights[k] ?? weights.at(-1)!)),
    );
    return rewards.map((_, i) => sum(each.map((a) => a[i]!)));
  }
  if ('stdEpsilon' in options && options.divideByMean !== true) return standard(rewards, group, options);
  return rewards.map((r, i) => {
    const { members, all, others } = grouped(rewards, group, i);
    if (name === 'reinforce' || name === 'ppo') return r - (options.baseline as number);
    if (name === 'reinforcePlusPlus') return r;
    if (name === 'maxrl' || options.divideByMean === true)
      return mean(all) > 0 ? (r - mean(all)) / mean(all) : 0;
    if (others.length === 0) return options.groupOfOne === 'reward' ? r : 0;
    if (name === 'rloo') return r - mean(others);
    const counts = members.map((j) => lengths[j]!);
    if (name === 'opo' && sum(counts) > 0) return r - sum(all.map((x, k) => x * counts[k]!)) / sum(counts);
    return r - mean(all);
  });
}

/** What whitening takes mean and variance of: an advantage for each token, or one a trajectory. */
export function whitenedOver(
  advantages: readonly number[],
  lengths: readonly number[],
  options: Options,
): number[] {
  if (options.whitenOver === 'trajectory') return [...advantages];
  return advantages.flatMap((a, i) => new Array<number>(lengths[i]!).fill(a));
}

/** The advantage of every trajectory. */
export function advantagesOf(name: string, lists: RewardLists, options: Options): number[] {
  const before = beforeWhitening(name, lists, options);
  if (!('whitenOver' in options)) return before;
  const over = whitenedOver(before, lists.lengths, options);
  const std = deviation(over, options.whitenDdof as number);
  const epsilon = options.whitenEpsilon as number;
  const divisor = options.whitenEpsilonIn === 'std' ? std + epsilon : Math.sqrt(std * std + epsilon);
  return before.map((a) => (std === 0 ? 0 : (a - mean(over)) / divisor));
}
