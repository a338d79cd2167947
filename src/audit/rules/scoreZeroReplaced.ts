// score-zero-replaced: a score of 0 was taken for a missing one, and another number stands in its place.

import { showText } from '../../base/show.ts';
import { Column, IntegerColumn, sumOf } from '../columns/column.ts';
import { sorted } from '../columns/order.ts';
import { counted, percent, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { FALSE_ALARMS } from '../significance.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

interface Replaced {
  readonly rows: IntegerColumn;
  readonly by: string;
  /** log of a bound on the chance that all of them agree with an unrelated column. */
  readonly logChance: number;
}

/**
 * log of the chance that a column agrees with the reward in all these rows if it has nothing to do with whether the score is 0: each of
 * its values there is then as frequent as in the other rows, one more of each counted.
 */
function logChanceOf(column: Column, reward: Column, rows: IntegerColumn, rest: IntegerColumn): number {
  const known = new Column(reward.memory);
  for (const i of rest) if (!Number.isNaN(column.at(i))) known.push(column.at(i));
  const ascending = sorted(known, reward.memory);
  return sumOf(rows, (i) => Math.log((countOf(ascending, reward.at(i)) + 1) / (rest.length + 1)));
}

/** How often a number occurs among ascending ones. */
function countOf(ascending: Column, x: number): number {
  /** How many are below x, or below and equal. */
  const before = (isBefore: (y: number) => boolean): number => {
    let [low, high] = [0, ascending.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(ascending.at(middle))) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return before((y) => y <= x) - before((y) => y < x);
}

function isEqualOn(rows: Iterable<number>, column: Column, reward: Column): boolean {
  for (const i of rows) if (column.at(i) !== reward.at(i)) return false;
  return true;
}

/** Whether a column is the reward up to one number that is added, where it is known at all. */
function isShifted(rows: Iterable<number>, column: Column, reward: Column): boolean {
  let offset: number | undefined;
  for (const i of rows) {
    if (!Number.isFinite(column.at(i))) continue;
    const own = Math.fround(reward.at(i) - column.at(i));
    if (offset !== undefined && own !== offset) return false;
    offset = own;
  }
  return true;
}

/** Rows in which the reward is another column and not the score, if the score is 0 in just these. */
function replacedBy(
  summary: Summary,
  isZero: (i: number) => boolean,
  isKept: (i: number) => boolean,
): Replaced | undefined {
  const { reward, count, memory } = summary;
  const [zero, rest] = [new IntegerColumn(memory), new IntegerColumn(memory)];
  let [areZero, areKept] = [true, true];
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(reward.at(i))) continue;
    if (isZero(i)) {
      zero.push(i);
      if (reward.at(i) !== 0) areZero = false;
    } else {
      rest.push(i);
      if (!isKept(i)) areKept = false;
    }
  }
  if (areZero || rest.length === 0 || !areKept) return undefined;
  const columns = [...summary.extras, ...summary.rewards];
  for (const [name, column] of columns) {
    if (!isEqualOn(zero, column, reward)) continue;
    // Every column, and correctness, is tried as the score, and every column as what replaces it.
    const tried = columns.length * (columns.length + 1);
    const logChance = Math.log(tried) + logChanceOf(column, reward, zero, rest);
    if (logChance > Math.log(FALSE_ALARMS)) continue;
    // A reward that is this column plus something is a sum, and no replacement.
    if (isShifted(rest, column, reward)) continue;
    return { rows: zero, by: name, logChance };
  }
  return undefined;
}

/** A zero score that another column replaced. */
export const scoreZeroReplaced: Rule = {
  code: 'score-zero-replaced',
  severity: 'error',
  sentence: 'A score of 0 was taken for a missing one and replaced by another number.',
  signature: 'Where the score, or correctness, is 0, the reward equals another column, and nowhere else.',
  formula: String.raw`R=s\ \texttt{or}\ x = \begin{cases}s&s\ne0\\x&s=0\end{cases}`,
  advice: 'Test for a missing score with `is None`, since 0 counts as false.',
  threshold:
    'Null: the column has nothing to do with whether the score is 0, so that its values are as frequent in those rows as in the others. That it is the reward in all of them then has the product of these shares as its probability, which must be below 10⁻⁴ over the pairs of columns that are tried. A reward that is the column plus a constant is a sum.',
  rate: 1e-4,
  source: 'OpenRLHF#1219',
  needs: ['reward', ['extras', 'rewards']],
  watch: () => ({
    judge(summary) {
      const { reward, correct } = summary;
      const attempts: (Replaced | undefined)[] = [];
      for (const [, score] of [...summary.extras, ...summary.rewards]) {
        attempts.push(
          replacedBy(
            summary,
            (i) => score.at(i) === 0,
            (i) => score.at(i) === reward.at(i),
          ),
        );
      }
      if (correct.some(Number.isFinite)) {
        attempts.push(
          replacedBy(
            summary,
            (i) => correct.at(i) === 0,
            (i) => correct.at(i) === 1,
          ),
        );
      }
      const found = attempts.find((attempt) => attempt !== undefined);
      if (found === undefined) return [];
      let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const i of found.rows) {
        least = Math.min(least, reward.at(i));
        most = Math.max(most, reward.at(i));
      }
      return [
        {
          message: `${counted(found.rows.length, 'trajectory')} of ${summary.count} (${percent(found.rows.length / summary.count)}) whose score should be 0 have ${showText(found.by, 40)} as their reward, ${short(least)} to ${short(most)}.`,
          evidence: {
            trajectories: found.rows.length,
            column: showText(found.by, 40),
            least,
            most,
            log10Chance: found.logChance / Math.LN10,
          },
          threshold: FALSE_ALARMS,
          spans: rowSpans(summary, found.rows),
        },
      ];
    },
  }),
};
