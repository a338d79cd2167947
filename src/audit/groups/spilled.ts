// Trajectories whose logged advantage is one and the same negative number, whatever their reward and their group.
import { ByteColumn, Column, IntegerColumn } from '../columns/column.ts';
import { ordered, placed } from '../columns/order.ts';
import { groupsOf } from '../members.ts';
import { Rows } from '../rows.ts';
import type { Summary } from '../summary.ts';
import { isStraight, type Logged, lineOf, rangeOf } from './line.ts';
import { roundingOf } from './precision.ts';

/** The share of groups that must lie on a line of their own, without the suspicious members, to be believed. */
const MOST_GROUPS = 0.9;

/** Whether an advantage cannot be that of its reward, going by the other members of the group. */
function isOff(logged: Logged, i: number, others: readonly number[], functions: readonly Column[]): boolean {
  const { reward, advantage, ofAdvantage, ofReward } = logged;
  const line = lineOf(logged, others);
  const slope = line?.slope ?? 0;
  const off = 2 * roundingOf(advantage.at(i), ofAdvantage) + 4 * slope * roundingOf(reward.at(i), ofReward);
  const isTwin = (j: number): boolean =>
    reward.at(j) === reward.at(i) && functions.every((column) => column.at(j) === column.at(i));
  const twins = others.filter(isTwin);
  if (twins.length >= 2) {
    const distance = (j: number): number => Math.abs(advantage.at(twins[0]!) - advantage.at(j));
    const allowed = off + 2 * roundingOf(advantage.at(twins[0]!), ofAdvantage);
    // Where twins disagree, something else than the reward decides.
    return twins.every((j) => distance(j) <= allowed) && distance(i) > allowed;
  }
  // With several functions the sum need not decide.
  if (functions.length > 1 || line === undefined || others.length < 3 || !isStraight(line)) return false;
  const expected = slope * (reward.at(i) - line.baseline);
  // Outside the range of the others the errors of the line grow with the distance.
  const reach = 1 + Math.abs(reward.at(i) - line.baseline) / rangeOf(reward, others);
  return Math.abs(expected - advantage.at(i)) > off + 2 * line.tolerance * reach;
}

/** Trajectories that are off, and how many different advantages they have. */
export interface Spilled {
  readonly rows: Rows;
  readonly values: number;
}

/**
 * The trajectories with a negative advantage that several have to all digits, at least two of them off what the rest of their groups
 * says. Those that are not trained on are passed over. None where the rest of the groups does not lie on lines, since then rewards do
 * not explain advantages anyway. Only groups with two members of which reward and advantage are known count.
 */
export function spilled(logged: Logged, summary: Summary): Spilled {
  const { advantageSpread, length, failed, rewards, group, memory } = summary;
  const { reward, advantage, ofAdvantage } = logged;
  const groups = groupsOf(summary);
  const trainedOf = (g: number): number[] => {
    const known = groups
      .at(g)
      .filter((i) => Number.isFinite(reward.at(i)) && Number.isFinite(advantage.at(i)));
    return known.length < 2 ? [] : known.filter((i) => length.at(i) > 0 && failed.at(i) !== 1);
  };
  const negative = new IntegerColumn(memory);
  const values = new Column(memory);
  for (let g = 0; g < groups.length; g++) {
    for (const i of trainedOf(g)) {
      const a = advantage.at(i);
      if (!(a < 0) || advantageSpread.at(i) > roundingOf(a, ofAdvantage)) continue;
      negative.push(i);
      values.push(a);
    }
  }
  const found = { rows: new Rows(summary), values: 0 };
  const { values: ascending, order } = ordered(values, memory);
  const isAmongEqual = (k: number): boolean =>
    (k > 0 && ascending.at(k - 1) === ascending.at(k)) ||
    (k + 1 < ascending.length && ascending.at(k + 1) === ascending.at(k));
  const amongEqual = ascending.map((_, k) => Number(isAmongEqual(k)));
  // In the order of the groups again, since the members of a group lie together.
  const inGroups = placed(amongEqual, order, memory);
  const off = new ByteColumn(memory);
  for (let j = 0; j < negative.length; j++) {
    const i = negative.at(j);
    const isLooked = inGroups.at(j) === 1;
    const others = isLooked
      ? trainedOf(group.at(i)).filter((one) => advantage.at(one) !== advantage.at(i))
      : [];
    off.push(Number(isLooked && isOff(logged, i, others, [...rewards.values()])));
  }
  for (let from = 0, to = 0; from < order.length; from = to) {
    let count = 0;
    for (; to < order.length && ascending.at(to) === ascending.at(from); to++) count += off.at(order.at(to));
    if (count < 2) continue;
    found.values++;
    for (let k = from; k < to; k++) found.rows.add(negative.at(order.at(k)));
  }
  if (found.values === 0) return found;
  let [lines, straight] = [0, 0];
  for (let g = 0; g < groups.length; g++) {
    const line = lineOf(
      logged,
      trainedOf(g).filter((i) => !found.rows.has(i)),
    );
    if (line === undefined) continue;
    lines++;
    if (isStraight(line)) straight++;
  }
  return lines > 0 && straight >= MOST_GROUPS * lines ? found : { rows: new Rows(summary), values: 0 };
}
