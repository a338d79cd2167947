// reward-null: a reward that nobody gave was taken for 0.

import type { Trajectory } from '../../rollouts/index.ts';
import { Column } from '../columns/column.ts';
import { loggedOf } from '../groups/logged.ts';
import { roundingOf } from '../groups/precision.ts';
import { votesOf } from '../groups/voters.ts';
import { counted, short } from '../groups/words.ts';
import { Rows } from '../rows.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';

/** Whether the file has a reward that is null, or reward functions of which none scored. */
function hasNull({ reward, rewards }: Trajectory): boolean {
  const each = Object.values(rewards ?? {});
  return Number.isNaN(reward) || (each.length > 0 && each.every(Number.isNaN));
}

/** Null rewards that became 0. */
export const rewardNull: Rule = {
  code: 'reward-null',
  severity: 'error',
  sentence:
    'A reward that is null was silently taken for 0: the trajectory is trained on, and its siblings are compared with it.',
  signature:
    'A trajectory whose reward is null, or whose reward functions all gave null, has an advantage that is not 0, or the baseline of its group counts it as 0.',
  formula: String.raw`\operatorname{nansum}(\text{null},\dots,\text{null})=0`,
  advice: 'Drop trajectories without a reward before advantages are computed.',
  threshold:
    'An advantage beyond rounding where there is no reward; for siblings, the line of their advantages meets 0 at the mean with a 0 in it and not without it, up to rounding.',
  rate: 0,
  source: 'trl#5902',
  needs: [['reward', 'rewards'], 'advantage'],
  watch: ({ memory }) => {
    /** [N] 1 or 0. */
    const nulls = new Column(memory);
    let count = 0;
    return {
      first(trajectory) {
        const is = trajectory.failure === undefined && hasNull(trajectory);
        nulls.push(Number(is));
        if (is) count++;
      },
      judge(summary) {
        if (count === 0) return [];
        const logged = loggedOf(summary);
        const { advantage, ofAdvantage } = logged;
        const isNull = (i: number): boolean => nulls.at(i) === 1;
        const rows = new Rows(summary);
        let [trained, largest, votes, shift] = [0, 0, 0, 0];
        for (let i = 0; i < nulls.length; i++) {
          const size = Math.abs(advantage.at(i));
          if (!isNull(i) || !(size > 2 * roundingOf(0, ofAdvantage))) continue;
          trained++;
          largest = Math.max(largest, size);
          rows.add(i);
        }
        for (const vote of votesOf(logged, summary, isNull)) {
          if (!vote.kinds.includes('null')) continue;
          votes++;
          shift = Math.max(shift, Math.abs(vote.shift));
          for (const i of vote.members) if (isNull(i)) rows.add(i);
        }
        if (rows.count === 0) return [];
        return [
          {
            message: `${counted(rows.count, 'trajectory')} without a reward: ${trained} with an advantage, up to ${short(largest)}; ${counted(votes, 'baseline')} moved, by up to ${short(shift)}.`,
            evidence: { nulls: count, trained, groups: votes, largest, shift },
            threshold: 0,
            spans: rowSpans(summary, rows),
          },
        ];
      },
    };
  },
};
