// failed-row-votes: trajectories that failed are not trained on, but their rewards are in the baseline of their group.
import { VOTE_FORMULA, VOTE_THRESHOLD, voteFinding } from '../groups/voteFinding.ts';
import type { Rule } from '../rule.ts';

/** Failed trajectories in baselines. */
export const failedRowVotes: Rule = {
  code: 'failed-row-votes',
  severity: 'error',
  sentence:
    'Trajectories that failed or were aborted count in the baseline of their group, so that the advantages of the others are too large.',
  signature:
    'In groups with failed trajectories the advantages of the others are 0 at the mean of all rewards, and not at the mean of theirs.',
  formula: VOTE_FORMULA,
  advice:
    'Leave failed trajectories out of the mean and the standard deviation of the group, not only out of the loss.',
  threshold: VOTE_THRESHOLD,
  rate: 0,
  source: 'NeMo-RL#4061, #4160, #3467, #4029; OpenRLHF#1239; verl#6452',
  needs: ['group', 'reward', 'advantage', 'failure'],
  watch: () => ({ judge: (summary) => voteFinding(summary, 'failed', 'that failed count') }),
};
