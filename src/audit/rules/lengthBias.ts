// Weights that are divided by the length of the trajectory.
import { Column } from '../columns/column.ts';
import { sorted } from '../columns/order.ts';
import { DIVISOR_THRESHOLD, divisorEvidence, silentWithoutAggregation } from '../divisorRule.ts';
import { aggregationOf, explanationOf } from '../divisors.ts';
import { type LoggedScales, loggedScalesOf } from '../loggedScales.ts';
import { groupsOf } from '../members.ts';
import type { Evidence, Rule } from '../rule.ts';
import { ROUNDING } from '../significance.ts';
import { largest, rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

/** The shortest and the longest of the trajectories with one negative advantage in one group. */
interface Failures {
  readonly short: number;
  readonly long: number;
}

/** Trajectories of a group with the same negative advantage whose lengths differ, by group. */
function* unequalFailures(summary: Summary): Generator<Failures> {
  const { length, advantage, loggedAdvantage } = summary;
  for (const members of groupsOf(summary)) {
    const byAdvantage = new Map<number, Failures>();
    for (const i of members) {
      const a = Number.isNaN(loggedAdvantage.at(i)) ? advantage.at(i) : loggedAdvantage.at(i);
      if (!(a < 0) || length.at(i) === 0) continue;
      const { short, long } = byAdvantage.get(a) ?? { short: i, long: i };
      byAdvantage.set(a, {
        short: length.at(i) < length.at(short) ? i : short,
        long: length.at(i) > length.at(long) ? i : long,
      });
    }
    for (const failures of byAdvantage.values()) {
      const { short, long } = failures;
      if (length.at(long) > (1 + ROUNDING) * length.at(short)) yield failures;
    }
  }
}

/** What a declared division by the length does to failures. */
function ofDeclared(summary: Summary): Evidence[] {
  const { length } = summary;
  const ratio = ({ short, long }: Failures): number => length.at(long) / length.at(short);
  const all = new Column(summary.memory);
  const failures = largest(unequalFailures(summary), (one) => {
    all.push(ratio(one));
    return ratio(one);
  });
  const [worst] = failures;
  if (worst === undefined) return [];
  // From the largest on.
  const ascending = sorted(all, summary.memory);
  let sum = 0;
  for (let k = all.length - 1; k >= 0; k--) sum += ascending.at(k);
  const mean = sum / all.length;
  return [
    {
      message: `Of failures of one group with one advantage, a token of the longest (${length.at(worst.long)} tokens) is pushed down ${Number(ratio(worst).toPrecision(3))} times less than one of the shortest (${length.at(worst.short)}); ${Number(mean.toPrecision(3))} times on average over ${all.length} such groups.`,
      evidence: { largestRatio: ratio(worst), meanRatio: mean, groups: all.length },
      threshold: 1 + ROUNDING,
      spans: rowSpans(
        summary,
        failures.flatMap(({ short, long }) => [long, short]),
      ),
    },
  ];
}

/** The rule `length-bias`. */
export const lengthBias: Rule = {
  code: 'length-bias',
  severity: 'info',
  sentence:
    'Weights are divided by the length of the trajectory: long wrong answers are pushed down less per token than short ones.',
  signature:
    '|w_t|·L_i is constant at equal |A|, by the declared objective (info) or against it by the logged weights (warning).',
  formula: String.raw`\lvert w_t\rvert=\frac{\lvert A_i\rvert}{B\,L_i}`,
  advice:
    'Use a token mean or a constant divisor if answers are to be judged token by token; see length-drift for what that does.',
  threshold: `Of the declared objective it is an identity: lengths of failures of one group and one advantage differ by more than 2⁻⁸. Against it: ${DIVISOR_THRESHOLD}`,
  rate: 1e-4,
  source: 'Dr. GRPO, arXiv 2503.20783; trl#2995, trl#3138',
  needs: ['objective', 'group'],
  alsoNeeds: (setting) => (aggregationOf(setting) === 'sequenceMean' ? [] : ['weights']),
  silent: silentWithoutAggregation,
  watch: (setting) => {
    let scales: LoggedScales;
    return {
      between(summary) {
        scales = loggedScalesOf(summary);
      },
      second: (view) => scales.add(view),
      judge: (summary) => {
        if (aggregationOf(setting) === 'sequenceMean') return ofDeclared(summary);
        const found = explanationOf(summary, scales, setting);
        if (found?.alternative.code !== 'length-bias') return [];
        return [{ ...divisorEvidence(summary, found), severity: 'warning' }];
      },
    };
  },
};
