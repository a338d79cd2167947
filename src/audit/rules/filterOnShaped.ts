// filter-on-shaped: groups that are right as a whole are kept for training, because length or format separates their members.
import { OUTCOME_THRESHOLD, outcomeFinding } from '../groups/outcomeFinding.ts';
import type { Rule } from '../rule.ts';

/** Groups of right answers with advantages. */
export const filterOnShaped: Rule = {
  code: 'filter-on-shaped',
  severity: 'warning',
  sentence:
    'All answers of a group are right, and some are pushed down for their length or format: the filter looks at the shaped reward.',
  signature:
    'Everything in a group is correct, but rewards differ and so do advantages. A warning where the batch was filtered and such groups were kept.',
  formula: String.raw`c_i=1\ \forall i,\quad \operatorname{std}(s)>0\Rightarrow\text{kept}`,
  advice: 'Filter groups on correctness, and shape the reward afterwards.',
  threshold: OUTCOME_THRESHOLD,
  rate: 1e-4,
  source: 'NeMo-RL#2478',
  needs: ['group', 'reward', 'correct'],
  watch: () => ({ judge: (summary) => outcomeFinding(summary, 1) }),
};
