// Groups that agree on correctness but not on reward: what separates their members is the shape of the answer.

import { Column, sumOf } from '../columns/column.ts';
import type { Lists } from '../columns/lists.ts';
import { sorted } from '../columns/order.ts';
import { groupsOf } from '../members.ts';
import type { Summary } from '../summary.ts';
import { greatestOf } from './extremes.ts';
import { doRewardsDiffer, type Logged, rangeOf } from './line.ts';
import { hasAdvantage } from './logged.ts';
import { roundingOf } from './precision.ts';

/** Groups whose members are all right, or all wrong. */
export interface EqualOutcomes {
  /** Those whose rewards and advantages differ. */
  readonly separated: Lists;
  /** How many there are, and how many groups with at least two members whose correctness is known. */
  readonly uniform: number;
  readonly known: number;
  /** The share of Σ L·|A| that the separated ones carry. */
  readonly share: number;
  /** log of a bound on the chance that none has equal rewards, if nobody has filtered them. */
  readonly logChance: number;
}

/** The share of numbers that are the most frequent one. */
function modalShare(values: Column): number {
  let [most, count, before] = [0, 0, Number.NaN];
  for (const x of sorted(values, values.memory)) {
    count = x === before ? count + 1 : 1;
    before = x;
    most = Math.max(most, count);
  }
  return most / values.length;
}

/**
 * The groups of one outcome. With a share q of their trajectories at the most frequent reward, a group of G has equal rewards with
 * probability at least q^G, also where prompts differ in q (Jensen), so that none of them has with at most ∏(1 − q^G).
 */
export function equalOutcomes(summary: Summary, logged: Logged, outcome: 0 | 1): EqualOutcomes {
  const { correct, length, memory } = summary;
  const { reward, advantage, ofAdvantage } = logged;
  const isKnown = (i: number): boolean =>
    Number.isFinite(correct.at(i)) && Number.isFinite(reward.at(i)) && Number.isFinite(advantage.at(i));
  const all = groupsOf(summary).narrowed(isKnown, 2);
  const uniform = all.filter((members) => members.every((i) => correct.at(i) === outcome));
  const unequal = uniform.filter((members) => doRewardsDiffer(logged, members));
  const separated = unequal.filter((members) => {
    const largest = greatestOf(members.map((i) => Math.abs(advantage.at(i))));
    return (
      hasAdvantage(logged, members) && rangeOf(advantage, members) > 4 * roundingOf(largest, ofAdvantage)
    );
  });
  const size = ({ members }: Lists): number =>
    sumOf(members, (i) => Math.abs(advantage.at(i)) * length.at(i));
  const total = size(all);
  const rewards = new Column(memory);
  for (const i of uniform.members) rewards.push(reward.at(i));
  const q = modalShare(rewards);
  return {
    separated,
    uniform: uniform.length,
    known: all.length,
    share: total === 0 ? 0 : size(separated) / total,
    logChance:
      unequal.length < uniform.length
        ? 0
        : sumOf(uniform.map((members) => Math.log1p(-(q ** members.length)))),
  };
}
