// phantom-advantage: a group that fails as a whole is trained on, because length or format separates its members.
import { outcomeFinding } from '../groups/outcomeFinding.ts';
import type { Rule } from '../rule.ts';

/** Groups of wrong answers with advantages. */
export const phantomAdvantage: Rule = {
  code: 'phantom-advantage',
  severity: 'warning',
  sentence:
    'All answers of a group are wrong, and some are pushed up for their length or format at the full size of an advantage.',
  signature:
    'Nothing in a group is correct, but rewards differ and so do advantages. An info where the file has rewards by function, since the difference is then one of them.',
  formula: String.raw`c_i=0\ \forall i,\quad A_i=\frac{s_i-\bar s}{\sigma_s}\ne0,\quad s\text{ without correctness}`,
  advice:
    'Decide whether a group is worth training on by correctness, not by the shaped reward; or do not divide by the standard deviation.',
  threshold: 'Rewards and advantages differ beyond rounding: this is read off the data and is no test.',
  source: 'verl-recipe#125',
  needs: ['group', 'reward', 'correct'],
  watch: () => ({ judge: (summary) => outcomeFinding(summary, 0) }),
};
