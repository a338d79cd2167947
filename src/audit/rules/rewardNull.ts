// reward-null: a reward that nobody gave was taken for 0.

import type { Trajectory } from '../../rollouts/index.ts';
import { greatestOf } from '../groups/extremes.ts';
import { loggedOf } from '../groups/logged.ts';
import { roundingOf } from '../groups/precision.ts';
import { votesOf } from '../groups/voters.ts';
import { counted, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';

/** Whether the file has a reward that is null, or reward functions of which none scored. */
function isNull({ reward, rewards }: Trajectory): boolean {
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
  watch: () => {
    const nulls = new Set<number>();
    return {
      first(trajectory, i) {
        if (trajectory.failure === undefined && isNull(trajectory)) nulls.add(i);
      },
      judge(summary) {
        if (nulls.size === 0) return [];
        const logged = loggedOf(summary);
        const { advantage, ofAdvantage } = logged;
        const trained = [...nulls].filter((i) => Math.abs(advantage[i]!) > 2 * roundingOf(0, ofAdvantage));
        const votes = votesOf(logged, summary, (i) => nulls.has(i)).filter(({ kinds }) =>
          kinds.includes('null'),
        );
        const voting = votes.flatMap(({ members }) => members.filter((i) => nulls.has(i)));
        const rows = [...new Set([...trained, ...voting])].sort((a, b) => a - b);
        if (rows.length === 0) return [];
        const largest = Math.max(0, greatestOf(trained.map((i) => Math.abs(advantage[i]!))));
        const shift = votes.reduce((most, vote) => Math.max(most, Math.abs(vote.shift)), 0);
        return [
          {
            message: `${counted(rows.length, 'trajectory')} without a reward: ${trained.length} with an advantage, up to ${short(largest)}; ${counted(votes.length, 'baseline')} moved, by up to ${short(shift)}.`,
            evidence: { nulls: nulls.size, trained: trained.length, groups: votes.length, largest, shift },
            threshold: 0,
            spans: rowSpans(summary, rows),
          },
        ];
      },
    };
  },
};
