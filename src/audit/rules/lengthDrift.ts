// Weights of a group that do not add up to 0 because advantages and lengths go together.
import type { Column } from '../columns/column.ts';
import type { Lists } from '../columns/lists.ts';
import { silentWithoutAggregation } from '../divisorRule.ts';
import { aggregationOf } from '../divisors.ts';
import { groupsOf } from '../members.ts';
import type { Rule } from '../rule.ts';
import { deviationBound, FALSE_ALARMS } from '../significance.ts';
import { largest, rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

/** What one group adds to the statistic. */
interface Drift {
  readonly members: readonly number[];
  /** Σ (L − mean L)(A − mean A). */
  readonly product: number;
  /** Its variance if lengths are dealt to the members at random: Σ(L − mean)²·Σ(A − mean)²/(G − 1). */
  readonly variance: number;
  /** Σ L·|A|. */
  readonly size: number;
}

function driftOf(members: readonly number[], length: Column, advantage: Column): Drift {
  const n = members.length;
  const meanLength = members.reduce((sum, i) => sum + length.at(i), 0) / n;
  const meanAdvantage = members.reduce((sum, i) => sum + advantage.at(i), 0) / n;
  let [product, ofLength, ofAdvantage, size] = [0, 0, 0, 0];
  for (const i of members) {
    const [l, a] = [length.at(i) - meanLength, advantage.at(i) - meanAdvantage];
    product += l * a;
    ofLength += l * l;
    ofAdvantage += a * a;
    size += length.at(i) * Math.abs(advantage.at(i));
  }
  return { members, product, variance: n < 2 ? 0 : (ofLength * ofAdvantage) / (n - 1), size };
}

/** The drifts of all groups in which lengths and advantages differ. */
function* driftsOf(summary: Summary, groups: Lists, advantage: Column): Generator<Drift> {
  for (const members of groups) {
    const drift = driftOf(members, summary.length, advantage);
    if (drift.variance > 0) yield drift;
  }
}

/** The rule `length-drift`. */
export const lengthDrift: Rule = {
  code: 'length-drift',
  severity: 'info',
  sentence:
    'Every token counts the same, and long answers have other advantages than short ones: the weights of a group do not add up to 0.',
  signature:
    'Σ L_i·A_i over the groups is farther from 0 than if lengths were dealt to the members of each group at random.',
  formula: String.raw`z=\frac{\sum_g\sum_{i\in g}(L_i-\bar L_g)(A_i-\bar A_g)}{\sqrt{\sum_g\sum_i(L_i-\bar L_g)^2\sum_i(A_i-\bar A_g)^2/(G_g-1)}}`,
  advice:
    'Expect lengths to drift away from the punished side; a division by the length takes the drift away, and brings length-bias instead.',
  threshold:
    'The null is that the lengths of a group are dealt to its members at random, which gives z mean 0 and variance 1; |z| > √(2·ln(2/10⁻⁴)) = 4.45 has probability at most 10⁻⁴ by Chernoff’s bound. A group of G adds at most √(G−1) to z.',
  rate: 1e-4,
  source: 'Dr. GRPO, arXiv 2503.20783',
  needs: ['objective', 'group'],
  silent: (setting) =>
    silentWithoutAggregation(setting) ??
    (aggregationOf(setting) === 'sequenceMean'
      ? 'each trajectory weighs the same whatever its length'
      : undefined),
  watch: () => ({
    judge: (summary) => {
      const advantage = summary.loggedAdvantage.map((a, i) =>
        Number.isNaN(a) ? summary.advantage.at(i) : a,
      );
      const members = groupsOf(summary).narrowed((i) => Number.isFinite(advantage.at(i)), 2);
      let [product, variance, size, groups] = [0, 0, 0, 0];
      for (const drift of driftsOf(summary, members, advantage)) {
        product += drift.product;
        variance += drift.variance;
        size += drift.size;
        groups++;
      }
      const z = product / Math.sqrt(variance);
      const bound = deviationBound(FALSE_ALARMS);
      if (!(Math.abs(z) > bound)) return [];
      const share = product / size;
      const along = function* (): Generator<Drift> {
        for (const drift of driftsOf(summary, members, advantage))
          if (drift.product * product > 0) yield drift;
      };
      const strongest = largest(along(), (drift) => Math.abs(drift.product));
      const side = product < 0 ? 'Long answers have the lower' : 'Long answers have the higher';
      return [
        {
          message: `${side} advantages: the weights of a group add up to ${Number((100 * share).toPrecision(3))} % of the sum of their sizes instead of 0 (z = ${z.toFixed(1)}, ${groups} groups).`,
          evidence: { z, shareOfWeight: share, groups },
          threshold: bound,
          spans: rowSpans(
            summary,
            strongest.flatMap(({ members }) => members),
          ),
        },
      ];
    },
  }),
};
