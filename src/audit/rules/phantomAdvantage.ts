// phantom-advantage: a group that fails as a whole is trained on, because length or format separates its members.
import { OUTCOME_THRESHOLD, outcomeFinding } from '../groups/outcomeFinding.ts';
import type { Rule } from '../rule.ts';

/** Groups of wrong answers with advantages. */
export const phantomAdvantage: Rule = {
  code: 'phantom-advantage',
  severity: 'warning',
  sentence:
    'All answers of a group are wrong, and some are pushed up for their length or format at the full size of an advantage.',
  signature:
    'Nothing in a group is correct, but rewards differ and so do advantages. A warning where the batch was filtered and such groups were kept.',
  formula: String.raw`c_i=0\ \forall i,\quad A_i=\frac{s_i-\bar s}{\sigma_s}\ne0,\quad s\text{ without correctness}`,
  advice:
    'Decide whether a group is worth training on by correctness, not by the shaped reward; or do not divide by the standard deviation.',
  threshold: OUTCOME_THRESHOLD,
  rate: 1e-4,
  source: 'verl-recipe#125',
  needs: ['group', 'reward', 'correct'],
  watch: () => ({ judge: (summary) => outcomeFinding(summary, 0) }),
};
