// singleton-zero: every group has one member and every advantage is 0, so that nothing is learned although rewards vary.

import { Lists } from '../columns/lists.ts';
import { greatestOf } from '../groups/extremes.ts';
import { rangeOf } from '../groups/line.ts';
import { groupsWith, loggedOf } from '../groups/logged.ts';
import { counted, short } from '../groups/words.ts';
import { inOrderOfBatches } from '../members.ts';
import { groupSizes } from '../openParts.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';

/** Advantages of rewards that differ by less may be 0 by rounding to three decimals. */
const LEAST_RANGE = 1e-3;

/** Batches of groups of one whose advantages are all 0. */
export const singletonZero: Rule = {
  code: 'singleton-zero',
  severity: 'error',
  sentence:
    'Every group has one member, and an estimator that subtracts the mean of the group leaves nothing.',
  signature:
    'All groups have one member, rewards differ between them, and all advantages of a batch are exactly 0.',
  formula: String.raw`G=1:\quad A = R-\operatorname{mean}\{R\} = 0`,
  advice: 'Draw several trajectories for each prompt, or take an estimator with a baseline of its own.',
  threshold:
    'No noise is involved: with any baseline that is not the reward itself, not all advantages of rewards that differ by more than 0.001 are exactly 0.',
  rate: 0,
  source: 'OpenRLHF#1250; rllm#916',
  needs: ['group', 'reward', 'advantage'],
  watch: () => ({
    judge(summary) {
      const logged = loggedOf(summary);
      const { reward, advantage } = logged;
      const sizes = groupSizes(summary);
      // Where some groups have more members, others may have lost theirs to a filter.
      const groups = groupsWith(summary, [reward, advantage], 1);
      if (!groups.every(([first]) => sizes.at(summary.group.at(first!)) === 1)) return [];
      const rows = new Lists(summary.memory);
      for (const ofBatch of inOrderOfBatches(summary, groups)) {
        const members = ofBatch.flatMap((k) => groups.at(k));
        const areZero = members.length > 1 && members.every((i) => advantage.at(i) === 0);
        if (areZero && rangeOf(reward, members) > LEAST_RANGE) rows.push(members);
      }
      if (rows.length === 0) return [];
      const found = rows.members;
      const range = greatestOf(rows.map((members) => rangeOf(reward, members)));
      return [
        {
          message: `All ${counted(found.length, 'trajectory')} of ${counted(rows.length, 'batch')} stand alone in their groups and have advantage 0, though rewards differ by ${short(range)}.`,
          evidence: { batches: rows.length, trajectories: found.length, rewardRange: range },
          threshold: 0,
          spans: rowSpans(summary, found),
        },
      ];
    },
  }),
};
