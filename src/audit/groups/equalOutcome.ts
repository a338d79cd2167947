// Groups that agree on correctness but not on reward: what separates their members is the shape of the answer.

import type { Summary } from '../summary.ts';
import { membersOf } from '../summary.ts';
import { doRewardsDiffer, type Logged, rangeOf } from './line.ts';
import { hasAdvantage } from './logged.ts';
import { roundingOf } from './precision.ts';

/** A group whose members are all right, or all wrong, with different advantages. */
export interface EqualOutcome {
  readonly members: readonly number[];
  readonly rewardRange: number;
  readonly advantageRange: number;
}

/** Such groups, and how much of the batch they are. */
export interface EqualOutcomes {
  readonly groups: readonly EqualOutcome[];
  /** Groups with at least two members whose correctness is known. */
  readonly known: number;
  /** The share of Σ L·|A| that they carry. */
  readonly share: number;
  /** Whether the file has rewards by function, so that what separates the members is a reward function of its own. */
  readonly isByFunction: boolean;
}

/**
 * The groups with one outcome and different rewards and advantages.
 * @param advantage [N] logged, or by the declared formula
 */
export function equalOutcomes(summary: Summary, logged: Logged, outcome: 0 | 1): EqualOutcomes {
  const { correct, length } = summary;
  const { reward, advantage, ofAdvantage } = logged;
  const all = membersOf(summary.group)
    .map((members) =>
      members.filter(
        (i) => Number.isFinite(correct[i]) && Number.isFinite(reward[i]) && Number.isFinite(advantage[i]),
      ),
    )
    .filter((members) => members.length > 1);
  const separated = all.filter((members) => {
    if (members.some((i) => correct[i] !== outcome) || !doRewardsDiffer(logged, members)) return false;
    const largest = Math.max(...members.map((i) => Math.abs(advantage[i]!)));
    return (
      hasAdvantage(logged, members) && rangeOf(advantage, members) > 4 * roundingOf(largest, ofAdvantage)
    );
  });
  const size = (members: readonly number[]): number =>
    members.reduce((sum, i) => sum + Math.abs(advantage[i]!) * length[i]!, 0);
  const total = size(all.flat());
  return {
    groups: separated.map((members) => ({
      members,
      rewardRange: rangeOf(reward, members),
      advantageRange: rangeOf(advantage, members),
    })),
    known: all.length,
    share: total === 0 ? 0 : size(separated.flat()) / total,
    isByFunction: summary.rewards.size > 1,
  };
}
