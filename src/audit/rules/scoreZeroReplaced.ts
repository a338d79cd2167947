// score-zero-replaced: a score of 0 was taken for a missing one, and another number stands in its place.

import { showText } from '../../base/show.ts';
import { greatestOf, leastOf } from '../groups/extremes.ts';
import { counted, percent, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { FALSE_ALARMS } from '../significance.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

interface Replaced {
  readonly rows: readonly number[];
  readonly by: string;
  /** log of a bound on the chance that all of them agree with an unrelated column. */
  readonly logChance: number;
}

/**
 * log of the chance that a column agrees with the reward in all these rows if it has nothing to do with whether the score is 0: each of
 * its values there is then as frequent as in the other rows, one more of each counted.
 */
function logChanceOf(
  column: Float64Array,
  reward: Float64Array,
  rows: readonly number[],
  rest: readonly number[],
): number {
  const counts = new Map<number, number>();
  for (const i of rest) counts.set(column[i]!, (counts.get(column[i]!) ?? 0) + 1);
  return rows.reduce((sum, i) => sum + Math.log(((counts.get(reward[i]!) ?? 0) + 1) / (rest.length + 1)), 0);
}

/** Rows in which the reward is another column and not the score, if the score is 0 in just these. */
function replacedBy(
  summary: Summary,
  isZero: (i: number) => boolean,
  isKept: (i: number) => boolean,
): Replaced | undefined {
  const { reward, count } = summary;
  const zero = Array.from({ length: count }, (_, i) => i).filter(
    (i) => Number.isFinite(reward[i]) && isZero(i),
  );
  if (zero.every((i) => reward[i] === 0)) return undefined;
  const rest = Array.from({ length: count }, (_, i) => i).filter(
    (i) => Number.isFinite(reward[i]) && !isZero(i),
  );
  if (rest.length === 0 || !rest.every(isKept)) return undefined;
  const columns = [...summary.extras, ...summary.rewards];
  for (const [name, column] of columns) {
    if (!zero.every((i) => column[i] === reward[i])) continue;
    // Every column, and correctness, is tried as the score, and every column as what replaces it.
    const tried = columns.length * (columns.length + 1);
    const logChance = Math.log(tried) + logChanceOf(column, reward, zero, rest);
    if (logChance > Math.log(FALSE_ALARMS)) continue;
    // A reward that is this column plus something is a sum, and no replacement.
    const offsets = new Set(
      rest.filter((i) => Number.isFinite(column[i])).map((i) => Math.fround(reward[i]! - column[i]!)),
    );
    if (offsets.size < 2) continue;
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
            (i) => score[i] === 0,
            (i) => score[i] === reward[i],
          ),
        );
      }
      if (correct.some(Number.isFinite)) {
        attempts.push(
          replacedBy(
            summary,
            (i) => correct[i] === 0,
            (i) => correct[i] === 1,
          ),
        );
      }
      const found = attempts.find((attempt) => attempt !== undefined);
      if (found === undefined) return [];
      const values = found.rows.map((i) => reward[i]!);
      return [
        {
          message: `${counted(found.rows.length, 'trajectory')} of ${summary.count} (${percent(found.rows.length / summary.count)}) whose score should be 0 have ${showText(found.by, 40)} as their reward, ${short(leastOf(values))} to ${short(greatestOf(values))}.`,
          evidence: {
            trajectories: found.rows.length,
            column: showText(found.by, 40),
            least: leastOf(values),
            most: greatestOf(values),
            log10Chance: found.logChance / Math.LN10,
          },
          threshold: FALSE_ALARMS,
          spans: rowSpans(summary, found.rows),
        },
      ];
    },
  }),
};
