// zero-action: trajectories without a single token of the policy count in the baseline of their group.
import { VOTE_FORMULA, VOTE_THRESHOLD, voteFinding } from '../groups/voteFinding.ts';
import type { Rule } from '../rule.ts';

/** Trajectories without any action in baselines. */
export const zeroAction: Rule = {
  code: 'zero-action',
  severity: 'error',
  sentence: 'Trajectories in which the policy did nothing count in the baseline of their group.',
  signature:
    'A trajectory has no token after its prompt, and the advantages of its group are 0 at the mean that includes it.',
  formula: VOTE_FORMULA,
  advice: 'Drop trajectories without a token of the policy before advantages are computed.',
  threshold: VOTE_THRESHOLD,
  rate: 0,
  source: 'NeMo-RL#4061; verl#6310',
  needs: ['group', 'reward', 'advantage'],
  watch: () => ({
    judge: (summary) => voteFinding(summary, 'empty', 'without a token of the policy count'),
  }),
};
