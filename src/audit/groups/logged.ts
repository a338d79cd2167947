// What groups of a summary show together: rewards and logged advantages with their rounding, and whether advantages are compared
// within groups at all.
import type { Numbers } from '../columns/column.ts';
import type { Lists } from '../columns/lists.ts';
import { groupsOf } from '../members.ts';
import { once } from '../once.ts';
import type { Summary } from '../summary.ts';
import type { Logged } from './line.ts';
import { precisionOf, roundingOf } from './precision.ts';

/** Rewards and logged advantages of all trajectories, [N] each. */
export const loggedOf = once(({ reward, loggedAdvantage }): Logged => {
  return {
    reward,
    advantage: loggedAdvantage,
    ofReward: precisionOf(reward, true),
    ofAdvantage: precisionOf(loggedAdvantage),
  };
});

/** The groups with at least `least` members of which a column has a number, without the others. */
export function groupsWith(summary: Summary, columns: readonly Numbers[], least: number): Lists {
  const isKnown = (i: number): boolean => columns.every((column) => Number.isFinite(column.at(i)));
  return groupsOf(summary).narrowed(isKnown, least);
}

/** The largest size of |Σ A| of a group that rounding explains. */
function sumTolerance({ advantage, ofAdvantage }: Logged, of: readonly number[]): number {
  let sum = 0;
  for (const i of of) sum += roundingOf(advantage.at(i), ofAdvantage);
  return 2 * sum;
}

/** Whether the advantages of a group add up to 0. */
export function isCentred(logged: Logged, of: readonly number[]): boolean {
  let sum = 0;
  for (const i of of) sum += logged.advantage.at(i);
  return Math.abs(sum) <= sumTolerance(logged, of);
}

/** Whether a group has an advantage that is not 0. */
export function hasAdvantage({ advantage, ofAdvantage }: Logged, of: readonly number[]): boolean {
  return of.some((i) => Math.abs(advantage.at(i)) > 2 * roundingOf(0, ofAdvantage));
}

/** The share of groups with any advantage whose advantages add up to 0; NaN where there is no such group. */
export function centredShare(logged: Logged, groups: Iterable<readonly number[]>): number {
  let [active, centred] = [0, 0];
  for (const members of groups) {
    if (members.length < 2 || !hasAdvantage(logged, members)) continue;
    active++;
    if (isCentred(logged, members)) centred++;
  }
  return centred / active;
}
