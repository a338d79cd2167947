// What three rules say alike: that a kind of trajectory without a say moved the baseline of its group.

import { Rows } from '../rows.ts';
import type { Evidence } from '../rule.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';
import { loggedOf } from './logged.ts';
import { type OutKind, votesOf } from './voters.ts';
import { counted, short } from './words.ts';

/** The threshold of these rules, in words. */
export const VOTE_THRESHOLD =
  'The line through the logged advantages of the others meets 0 at the mean that counts such trajectories, and not at the mean without them, both up to 3(δR + δA/s) of rounding: an exact comparison, without false alarms where the advantage is a multiple of R minus a mean.';

/** The formula of these rules. */
export const VOTE_FORMULA = String.raw`A_i=s\Big(R_i-\frac1{|V|+|U|}\sum_{j\in V\cup U}R_j\Big),\quad U\text{ not trained on}`;

/** The finding that trajectories of a kind were counted in baselines. */
export function voteFinding(summary: Summary, kind: OutKind, what: string): readonly Evidence[] {
  const rows = new Rows(summary);
  let [votes, largest] = [0, 0];
  for (const vote of votesOf(loggedOf(summary), summary, (i) => Number.isNaN(summary.reward.at(i)))) {
    if (!vote.kinds.includes(kind)) continue;
    votes++;
    if (Math.abs(vote.shift) > Math.abs(largest)) largest = vote.shift;
    for (const i of vote.members) rows.add(i);
  }
  if (votes === 0) return [];
  return [
    {
      message: `${counted(rows.count, 'trajectory')} ${what} in ${counted(votes, 'group')} and moved baselines by up to ${short(largest)}.`,
      evidence: { trajectories: rows.count, groups: votes, shift: largest },
      threshold: 0,
      spans: rowSpans(summary, rows),
    },
  ];
}
