// What groups of a summary show together: rewards and logged advantages with their rounding, and whether advantages are compared
// within groups at all.
import { membersOf, type Summary } from '../summary.ts';
import type { Logged } from './line.ts';
import { precisionOf, roundingOf } from './precision.ts';

/** Rewards and logged advantages of all trajectories, [N] each. */
export function loggedOf({ reward, loggedAdvantage }: Summary): Logged {
  return {
    reward,
    advantage: loggedAdvantage,
    ofReward: precisionOf(reward, true),
    ofAdvantage: precisionOf(loggedAdvantage),
  };
}

/** The groups with at least `least` members of which a column has a number, without the others. */
export function groupsWith(summary: Summary, columns: readonly Float64Array[], least: number): number[][] {
  return membersOf(summary.group)
    .map((members) => members.filter((i) => columns.every((column) => Number.isFinite(column[i]))))
    .filter((members) => members.length >= least);
}

/** The largest size of |Σ A| of a group that rounding explains. */
function sumTolerance({ advantage, ofAdvantage }: Logged, of: readonly number[]): number {
  let sum = 0;
  for (const i of of) sum += roundingOf(advantage[i]!, ofAdvantage);
  return 2 * sum;
}

/** Whether the advantages of a group add up to 0. */
export function isCentred(logged: Logged, of: readonly number[]): boolean {
  let sum = 0;
  for (const i of of) sum += logged.advantage[i]!;
  return Math.abs(sum) <= sumTolerance(logged, of);
}

/** Whether a group has an advantage that is not 0. */
export function hasAdvantage({ advantage, ofAdvantage }: Logged, of: readonly number[]): boolean {
  return of.some((i) => Math.abs(advantage[i]!) > 2 * roundingOf(0, ofAdvantage));
}

/** The share of groups with any advantage whose advantages add up to 0; NaN where there is no such group. */
export function centredShare(logged: Logged, groups: readonly (readonly number[])[]): number {
  const active = groups.filter((members) => members.length > 1 && hasAdvantage(logged, members));
  return active.filter((members) => isCentred(logged, members)).length / active.length;
}
