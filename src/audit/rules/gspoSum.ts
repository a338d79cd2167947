// gspo-sum: one ratio a sequence, added up over its tokens, so that a trajectory weighs in proportion to its length.
import { CONTEST_THRESHOLD, factorOf } from '../alternatives.ts';
import { FactorContest, factorEvidence } from '../factors.ts';
import { declaredForm } from '../formContest.ts';
import type { Evidence, Rule } from '../rule.ts';
import { optionOf } from '../setting.ts';
import { SpanList } from '../spans.ts';
import { short } from '../words.ts';

const MESSAGE = 'the logged weights of a trajectory add up to its length times what is declared';

/** The rule. */
export const gspoSum: Rule = {
  code: 'gspo-sum',
  severity: 'warning',
  sentence:
    'The ratio is one per sequence, and its loss is added up over tokens: a trajectory weighs in proportion to its length.',
  signature:
    'GSPO with an aggregation other than the sequence mean, on trajectories of different lengths; or logged weights that are the length times those of the sequence mean.',
  formula: String.raw`\sum_t |w_t| = c\,s_i|A_i|\,L_i \quad\text{instead of}\quad \frac1B s_i|A_i|`,
  advice: 'Aggregate GSPO by the sequence mean; if long trajectories are to count more, say so with LUSPO.',
  threshold: `For the declared aggregation: two lengths that differ. For logged weights: ${CONTEST_THRESHOLD}`,
  source: 'trl#3823, trl#6042',
  needs: ['objective'],
  silent: ({ chosen }) => (chosen?.objective.name === 'gspo' ? undefined : 'the objective is not GSPO'),
  watch(setting) {
    const aggregation = optionOf(setting, 'aggregation');
    if (aggregation === 'sequenceMean') {
      const sizes = new FactorContest();
      return {
        second(view) {
          const declared = declaredForm(view, setting);
          if (declared === undefined) return;
          const factor = Math.log(factorOf(view.trajectory, declared));
          sizes.add(view.i, factor, factor - Math.log(view.length), 1 + Math.abs(factor));
        },
        judge(summary) {
          const outcome = sizes.outcome(summary);
          return outcome.isAlternative
            ? [{ severity: 'error', ...factorEvidence(summary, outcome, MESSAGE) }]
            : [];
        },
      };
    }
    const places = new SpanList();
    let [least, most] = [Number.POSITIVE_INFINITY, 0];
    return {
      second({ trajectory, weights, length }) {
        if (length === 0 || weights === undefined || weights.every((w) => w === 0)) return;
        least = Math.min(least, length);
        most = Math.max(most, length);
        places.add(trajectory);
      },
      judge(): readonly Evidence[] {
        if (!(most > least)) return [];
        return [
          {
            message: `under the aggregation ${aggregation} the longest trajectory, of ${most} tokens, weighs ${short(most / least)} times as much as the shortest, of ${least}, at equal advantage`,
            evidence: { longest: most, shortest: least, times: most / least },
            threshold: 1,
            spans: places.spans,
          },
        ];
      },
    };
  },
};
