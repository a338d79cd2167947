// Trajectories whose logged advantage is one and the same negative number, whatever their reward and their group.
import type { Summary } from '../summary.ts';
import { isStraight, type Logged, lineOf } from './line.ts';
import { roundingOf } from './precision.ts';

/** The share of groups that must lie on a line of their own, without the suspicious members, to be believed. */
const MOST_GROUPS = 0.9;

/** Whether an advantage cannot be that of its reward, going by the other members of the group. */
function isOff(logged: Logged, i: number, others: readonly number[]): boolean {
  const { reward, advantage, ofAdvantage, ofReward } = logged;
  const off = 2 * roundingOf(advantage[i]!, ofAdvantage);
  const twin = others.find((j) => Math.abs(reward[j]! - reward[i]!) <= 2 * roundingOf(reward[i]!, ofReward));
  if (twin !== undefined) {
    return Math.abs(advantage[twin]! - advantage[i]!) > off + 2 * roundingOf(advantage[twin]!, ofAdvantage);
  }
  const line = lineOf(logged, others);
  if (line === undefined || others.length < 3 || !isStraight(line)) return false;
  const expected = line.slope * (reward[i]! - line.baseline);
  // Outside the range of the others the errors of the line grow with the distance.
  const reach = 1 + Math.abs(reward[i]! - line.baseline) / (line.tolerance / line.slope + 1e-300);
  return Math.abs(expected - advantage[i]!) > off + line.tolerance * Math.min(reach, 10);
}

/**
 * The trajectories with a negative advantage that at least one other trajectory has to all digits, each off what the rest of its group
 * says. Empty where the rest of the groups does not lie on lines, since then rewards do not explain advantages anyway.
 * @param groups members with a reward and an advantage
 */
export function spilled(
  logged: Logged,
  { advantageSpread }: Summary,
  groups: readonly (readonly number[])[],
): Set<number> {
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
      ),
    );
    if (off.length >= 2) for (const i of off) out.add(i);
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
