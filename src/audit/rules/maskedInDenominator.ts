// A mean that counts what is masked out as a whole.
import { Column } from '../columns/column.ts';
import { divisorEvidence, divisorRule } from '../divisorRule.ts';
import { aggregationOf, explanationOf, preferred, withoutMaskedRows } from '../divisors.ts';
import { type LoggedScales, loggedScalesOf } from '../loggedScales.ts';
import type { Rule } from '../rule.ts';

const ofTokens = divisorRule({
  code: 'masked-in-denominator',
  severity: 'warning',
  sentence:
    'Trajectories that are masked out as a whole still count in the divisor, so that every one of them makes the step smaller.',
  signature:
    'Logged weights are those of a mean over all trajectories, or over all their tokens, and not of one over those with mask 1.',
  formula: String.raw`w_t=\frac{A\,r_t}{\sum_{j}|o_j|}\ \text{or}\ \frac{A\,r_t}{B\,L_i},\quad\text{the sums holding}\ j\ \text{with}\ \textstyle\sum_tm_{jt}=0`,
  advice: 'Take the divisor after the mask is final: tokens with mask 1, and trajectories that have one.',
  source: 'trl#6369, verl#6375',
});

/** The rule `masked-in-denominator`. */
export const maskedInDenominator: Rule = {
  ...ofTokens,
  watch: (setting) => {
    let scales: LoggedScales;
    return {
      between(summary) {
        scales = loggedScalesOf(summary);
      },
      second: (view) => scales.add(view),
      judge: (summary) => {
        const found = explanationOf(summary, scales, setting);
        if (found?.alternative.code === 'masked-in-denominator') return [divisorEvidence(summary, found)];
        const aggregation = aggregationOf(setting);
        const right = aggregation === undefined ? undefined : withoutMaskedRows(aggregation, summary);
        if (found !== undefined || right === undefined) return [];
        // The declared mean of trajectories counts all of them: that is the formula to be found, and the other one the right one.
        const factor = Column.filled(summary.count, 1, summary.memory);
        const preference = preferred(scales, right, factor, true, 1);
        if (preference === undefined) return [];
        const alternative = {
          code: 'masked-in-denominator' as const,
          words: 'a mean that counts trajectories which are masked out as a whole',
          factor: right.map((f) => 1 / f),
          hasSize: true,
        };
        return [divisorEvidence(summary, { alternative, preference, alsoFits: [] }, 'a mean of the others')];
      },
    };
  },
};
