// group-zero-variance: groups whose rewards are all equal have no advantage, and their tokens were drawn for nothing.
import { doRewardsDiffer } from '../groups/line.ts';
import { groupsWith, loggedOf } from '../groups/logged.ts';
import { counted, percent } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';

/** The share of groups whose rewards are all equal. */
export const groupZeroVariance: Rule = {
  code: 'group-zero-variance',
  severity: 'info',
  sentence:
    'All trajectories of a group have the same reward, so that a comparison within the group teaches nothing.',
  signature: 'The rewards of a group with at least two members are equal.',
  formula: String.raw`R_i = R_j\ \forall i,j \Rightarrow A_i = R_i-\operatorname{mean}R = 0`,
  advice:
    'Draw prompts of a difficulty between always and never solved, or draw such groups anew as DAPO does.',
  threshold:
    'Any such group counts: equal is equal up to the rounding of the logged rewards, 4·2⁻²¹ of their size or the last printed digit.',
  rate: 0,
  source: 'verl#5228; DAPO, arXiv 2503.14476',
  needs: ['group', 'reward'],
  watch: () => ({
    judge(summary) {
      const groups = groupsWith(summary, [summary.reward], 2);
      const logged = loggedOf(summary);
      const equal = groups.filter((members) => !doRewardsDiffer(logged, members));
      if (equal.length === 0) return [];
      const share = equal.length / groups.length;
      return [
        {
          message: `${counted(equal.length, 'group')} of ${groups.length} (${percent(share)}) have equal rewards throughout.`,
          evidence: { groups: groups.length, equal: equal.length, share },
          threshold: 0,
          spans: rowSpans(summary, equal.members),
        },
      ];
    },
  }),
};
