// masked-shifts-baseline: fully masked trajectories, such as truncated ones, still count in the baseline of their group.
import { VOTE_FORMULA, VOTE_THRESHOLD, voteFinding } from '../groups/voteFinding.ts';
import type { Rule } from '../rule.ts';

/** Fully masked trajectories in baselines. */
export const maskedShiftsBaseline: Rule = {
  code: 'masked-shifts-baseline',
  severity: 'warning',
  sentence: 'Trajectories that are masked as a whole still count in the baseline of their group.',
  signature:
    'A trajectory has mask 0 throughout, and the advantages of its group are 0 at the mean that includes it.',
  formula: VOTE_FORMULA,
  advice:
    'Mask trajectories before the mean and the standard deviation of the group are taken, or keep them in the loss.',
  threshold: VOTE_THRESHOLD,
  rate: 0,
  source: 'trl#6369; verl#6375',
  needs: ['mask', 'group', 'reward', 'advantage'],
  watch: () => ({
    judge: (summary) => voteFinding(summary, 'masked', 'with mask 0 throughout count'),
  }),
};
