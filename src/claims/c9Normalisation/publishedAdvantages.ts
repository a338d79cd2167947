// The advantages A of every objective as they are published, in plain loops over the rewards of a batch. Nothing here is taken from
// src/objectives.
import type { ObjectiveName } from '../../objectives/registry.ts';
import type { PublishedOptions } from './publishedOptions.ts';

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
const mean = (xs: readonly number[]): number => sum(xs) / xs.length;

/** The standard deviation; 0 for equal numbers and where n − ddof is not above 0. */
function deviation(xs: readonly number[], ddof: number): number {
  if (xs.length <= ddof || xs.every((x) => x === xs[0])) return 0;
  return Math.sqrt(sum(xs.map((x) => (x - mean(xs)) ** 2)) / (xs.length - ddof));
}

/** What the advantages of a batch are made of. */
export interface Rewards {
  /** R of each trajectory, after what is taken off. */
  readonly reward: readonly number[];
  /** The same by reward function. */
  readonly rewards: readonly (readonly number[])[];
  /** L of each trajectory. */
  readonly lengths: readonly number[];
  readonly group: readonly number[];
}

/** The same of one group, with the place of a trajectory in it. */
interface Group {
  readonly own: number;
  readonly all: readonly number[];
  readonly others: readonly number[];
  readonly lengths: readonly number[];
}

function groupOf(rewards: readonly number[], { lengths, group }: Rewards, i: number): Group {
  const members = group.map((_, j) => j).filter((j) => group[j] === group[i]);
  return {
    own: rewards[i]!,
    all: members.map((j) => rewards[j]!),
    others: members.filter((j) => j !== i).map((j) => rewards[j]!),
    lengths: members.map((j) => lengths[j]!),
  };
}

/** (R − baseline)/std, as GRPO and its kin have it. */
function standardised(
  { own, all, others }: Group,
  batch: readonly number[],
  options: PublishedOptions,
): number {
  if (others.length === 0) return options.groupOfOne === 'reward' ? own : 0;
  const centred = own - mean(options.groupBaseline === 'others' ? others : all);
  if (!options.normalizeByStd) return centred;
  if (all.every((r) => r === all[0])) return 0;
  const whose = { group: all, batch, others }[options.stdScope]!;
  const std = deviation(whose, options.ddof);
  return std === 0 ? centred : centred / (std + options.stdEpsilon);
}

/** (A − mean)/std over tokens or trajectories of the batch. */
function whitened(
  advantages: readonly number[],
  lengths: readonly number[],
  { whitenOver, whitenDdof, whitenEpsilon, whitenEpsilonIn }: PublishedOptions,
): readonly number[] {
  const seen = advantages.flatMap((a, i) =>
    new Array<number>(whitenOver === 'token' ? lengths[i]! : 1).fill(a),
  );
  const std = deviation(seen, whitenDdof);
  const divisor = whitenEpsilonIn === 'std' ? std + whitenEpsilon : Math.sqrt(std ** 2 + whitenEpsilon);
  return advantages.map((a) => (std === 0 ? 0 : (a - mean(seen)) / divisor));
}

/** A of every trajectory. */
export function publishedAdvantages(
  name: ObjectiveName,
  batch: Rewards,
  options: PublishedOptions,
): readonly number[] {
  const { reward, rewards, lengths } = batch;
  const groups = reward.map((_, i) => groupOf(reward, batch, i));
  const overMean = ({ own, all }: Group): number => (mean(all) > 0 ? (own - mean(all)) / mean(all) : 0);
  switch (name) {
    case 'reinforce':
    case 'ppo':
      return reward.map((r) => r - options.baseline);
    case 'rloo':
      return groups.map(({ own, others }) => own - mean(others));
    case 'drGrpo':
      return groups.map(({ own, all }) => own - mean(all));
    case 'opo':
      return groups.map(
        ({ own, all, lengths: counts }) => own - sum(all.map((r, k) => r * counts[k]!)) / sum(counts),
      );
    case 'maxrl':
      return groups.map(overMean);
    case 'dppo':
      return options.divideByMean
        ? groups.map(overMean)
        : groups.map((g) => standardised(g, reward, options));
    case 'reinforcePlusPlus':
      return whitened(reward, lengths, options);
    case 'reinforcePlusPlusBaseline':
      return whitened(
        groups.map(({ own, all }) => own - mean(all)),
        lengths,
        options,
      );
    case 'gdpo': {
      const parts = rewards.map((one, k) => {
        const weight = options.rewardWeights[k] ?? options.rewardWeights.at(-1)!;
        return one.map((_, i) => weight * standardised(groupOf(one, batch, i), one, options));
      });
      return whitened(
        reward.map((_, i) => sum(parts.map((part) => part[i]!))),
        lengths,
        options,
      );
    }
    default:
      return groups.map((g) => standardised(g, reward, options));
  }
}
