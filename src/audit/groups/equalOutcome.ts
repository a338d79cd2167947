// Groups that agree on correctness but not on reward: what separates their members is the shape of the answer.

import type { Summary } from '../summary.ts';
import { membersOf } from '../summary.ts';
import { greatestOf } from './extremes.ts';
import { doRewardsDiffer, type Logged, rangeOf } from './line.ts';
import { hasAdvantage } from './logged.ts';
import { roundingOf } from './precision.ts';

/** Groups whose members are all right, or all wrong. */
export interface EqualOutcomes {
  /** Those whose rewards and advantages differ. */
  readonly separated: readonly (readonly number[])[];
  /** How many there are, and how many groups with at least two members whose correctness is known. */
  readonly uniform: number;
  readonly known: number;
  /** The share of Σ L·|A| that the separated ones carry. */
  readonly share: number;
  /** log of a bound on the chance that none has equal rewards, if nobody has filtered them. */
  readonly logChance: number;
}

/** The share of some trajectories that have the most frequent reward. */
function modalShare(reward: Float64Array, of: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const i of of) counts.set(reward[i]!, (counts.get(reward[i]!) ?? 0) + 1);
  return Math.max(0, greatestOf(counts.values())) / of.length;
}

/**
 * The groups of one outcome. With a share q of their trajectories at the most frequent reward, a group of G has equal rewards with
 * probability at least q^G, also where prompts differ in q (Jensen), so that none of them has with at most ∏(1 − q^G).
 */
export function equalOutcomes(summary: Summary, logged: Logged, outcome: 0 | 1): EqualOutcomes {
  const { correct, length } = summary;
  const { reward, advantage, ofAdvantage } = logged;
  const isKnown = (i: number): boolean =>
    Number.isFinite(correct[i]) && Number.isFinite(reward[i]) && Number.isFinite(advantage[i]);
  const all = membersOf(summary.group)
    .map((members) => members.filter(isKnown))
    .filter((members) => members.length > 1);
  const uniform = all.filter((members) => members.every((i) => correct[i] === outcome));
  const unequal = uniform.filter((members) => doRewardsDiffer(logged, members));
  const separated = unequal.filter((members) => {
    const largest = greatestOf(members.map((i) => Math.abs(advantage[i]!)));
    return (
      hasAdvantage(logged, members) && rangeOf(advantage, members) > 4 * roundingOf(largest, ofAdvantage)
    );
  });
  const size = (members: readonly number[]): number =>
    members.reduce((sum, i) => sum + Math.abs(advantage[i]!) * length[i]!, 0);
  const total = size(all.flat());
  const q = modalShare(reward, uniform.flat());
  return {
    separated,
    uniform: uniform.length,
    known: all.length,
    share: total === 0 ? 0 : size(separated.flat()) / total,
    logChance:
      unequal.length < uniform.length
        ? 0
        : uniform.reduce((sum, members) => sum + Math.log1p(-(q ** members.length)), 0),
  };
}
