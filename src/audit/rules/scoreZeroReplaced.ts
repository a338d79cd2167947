// score-zero-replaced: a score of 0 was taken for a missing one, and another number stands in its place.

import { showText } from '../../base/show.ts';
import { greatestOf, leastOf } from '../groups/extremes.ts';
import { counted, percent, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

/** Rows that must agree to all digits, and the values that must be among them. */
const LEAST_ROWS = 3;
const LEAST_VALUES = 2;

interface Replaced {
  readonly rows: readonly number[];
  readonly by: string;
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
  if (zero.filter((i) => reward[i] !== 0).length < LEAST_ROWS) return undefined;
  const rest = Array.from({ length: count }, (_, i) => i).filter(
    (i) => Number.isFinite(reward[i]) && !isZero(i),
  );
  if (rest.length === 0 || !rest.every(isKept)) return undefined;
  for (const [name, column] of [...summary.extras, ...summary.rewards]) {
    if (!zero.every((i) => column[i] === reward[i])) continue;
    if (new Set(zero.map((i) => reward[i]!)).size < LEAST_VALUES) continue;
    // A reward that is this column plus something is a sum, and no replacement.
    const offsets = new Set(
      rest.filter((i) => Number.isFinite(column[i])).map((i) => Math.fround(reward[i]! - column[i]!)),
    );
    if (offsets.size < LEAST_VALUES) continue;
    return { rows: zero, by: name };
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
    'At least three rows, with at least two values, agree to all digits with the other column, and no other row does but for a sum: two unrelated numbers with b bits agree by chance in three rows with probability 2^{−3b}.',
  set: 'Three rows and two values.',
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
          },
          threshold: LEAST_ROWS,
          spans: rowSpans(summary, found.rows),
        },
      ];
    },
  }),
};
