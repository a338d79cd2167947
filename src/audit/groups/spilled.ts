// Trajectories whose logged advantage is one and the same negative number, whatever their reward and their group.
import type { Summary } from '../summary.ts';
import { isStraight, type Logged, lineOf, rangeOf } from './line.ts';
import { roundingOf } from './precision.ts';

/** The share of groups that must lie on a line of their own, without the suspicious members, to be believed. */
const MOST_GROUPS = 0.9;

/** Whether an advantage cannot be that of its reward, going by the other members of the group. */
function isOff(
  logged: Logged,
  i: number,
  others: readonly number[],
  functions: readonly Float64Array[],
): boolean {
  const { reward, advantage, ofAdvantage, ofReward } = logged;
  const line = lineOf(logged, others);
  const slope = line?.slope ?? 0;
  const off = 2 * roundingOf(advantage[i]!, ofAdvantage) + 4 * slope * roundingOf(reward[i]!, ofReward);
  const isTwin = (j: number): boolean =>
    reward[j] === reward[i] && functions.every((column) => column[j] === column[i]);
  const twins = others.filter(isTwin);
  if (twins.length >= 2) {
    const distance = (j: number): number => Math.abs(advantage[twins[0]!]! - advantage[j]!);
    const allowed = off + 2 * roundingOf(advantage[twins[0]!]!, ofAdvantage);
    // Where twins disagree, something else than the reward decides.
    return twins.every((j) => distance(j) <= allowed) && distance(i) > allowed;
  }
  // With several functions the sum need not decide.
  if (functions.length > 1 || line === undefined || others.length < 3 || !isStraight(line)) return false;
  const expected = slope * (reward[i]! - line.baseline);
  // Outside the range of the others the errors of the line grow with the distance.
  const reach = 1 + Math.abs(reward[i]! - line.baseline) / rangeOf(reward, others);
  return Math.abs(expected - advantage[i]!) > off + 2 * line.tolerance * reach;
}

/**
 * The trajectories with a negative advantage that several have to all digits, at least two of them off what the rest of their groups
 * says. Those that are not trained on are passed over. Empty where the rest of the groups does not lie on lines, since then rewards do not explain advantages anyway.
 * @param all members with a reward and an advantage
 */
export function spilled(
  logged: Logged,
  { advantageSpread, length, failed, rewards }: Summary,
  all: readonly (readonly number[])[],
): Set<number> {
  const groups = all.map((members) => members.filter((i) => length[i]! > 0 && failed[i] !== 1));
  const { advantage, ofAdvantage } = logged;
  const byValue = new Map<number, number[]>();
  for (const members of groups) {
    for (const i of members) {
      const a = advantage[i]!;
      if (!(a < 0) || advantageSpread[i]! > roundingOf(a, ofAdvantage)) continue;
      const list = byValue.get(a);
      if (list === undefined) byValue.set(a, [i]);
      else list.push(i);
    }
  }
  const groupOf = new Map<number, readonly number[]>();
  for (const members of groups) for (const i of members) groupOf.set(i, members);
  const out = new Set<number>();
  for (const [value, rows] of byValue) {
    if (rows.length < 2) continue;
    const off = rows.filter((i) =>
      isOff(
        logged,
        i,
        groupOf.get(i)!.filter((j) => advantage[j] !== value),
        [...rewards.values()],
      ),
    );
    if (off.length >= 2) for (const i of rows) out.add(i);
  }
  if (out.size === 0) return out;
  const lines = groups
    .map((members) =>
      lineOf(
        logged,
        members.filter((i) => !out.has(i)),
      ),
    )
    .filter((line) => line !== undefined);
  const straight = lines.filter(isStraight).length;
  return lines.length > 0 && straight >= MOST_GROUPS * lines.length ? out : new Set();
}
