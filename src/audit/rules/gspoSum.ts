// gspo-sum: one ratio a sequence, added up over its tokens, so that a trajectory weighs in proportion to its length.
import type { Evidence, Rule } from '../rule.ts';
import { baseName, optionOf, type Setting } from '../setting.ts';
import { SpanList } from '../spans.ts';
import { short } from '../words.ts';

function silent(setting: Setting): string | undefined {
  if (baseName(setting) !== 'gspo') return 'the objective is not GSPO';
  return optionOf(setting, 'aggregation') === 'sequenceMean'
    ? 'it is aggregated by the sequence mean'
    : undefined;
}

/** The rule. */
export const gspoSum: Rule = {
  code: 'gspo-sum',
  severity: 'warning',
  sentence:
    'The ratio is one per sequence, and its loss is added up over tokens: a trajectory weighs in proportion to its length.',
  signature: 'GSPO with an aggregation other than the sequence mean, on trajectories of different lengths.',
  formula: String.raw`\sum_t |w_t| = c\,s_i|A_i|\,L_i \quad\text{instead of}\quad \frac1B s_i|A_i|`,
  advice: 'Aggregate GSPO by the sequence mean; if long trajectories are to count more, say so with LUSPO.',
  threshold: 'Two lengths that differ. No chance is involved: it follows from the formula.',
  rate: 0,
  source: 'trl#3823, trl#6042',
  needs: ['objective'],
  silent,
  watch(setting) {
    const aggregation = optionOf(setting, 'aggregation');
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
