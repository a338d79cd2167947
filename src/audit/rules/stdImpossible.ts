// std-impossible: an advantage larger than any division by the standard deviation of its group can give.
import { IntegerColumn } from '../columns/column.ts';
import { groupsWith, loggedOf } from '../groups/logged.ts';
import { normalisationOf } from '../groups/normalised.ts';
import { roundingOf } from '../groups/precision.ts';
import { spilled } from '../groups/spilled.ts';
import { counted, short } from '../groups/words.ts';
import { groupsOf } from '../members.ts';
import type { Rule } from '../rule.ts';
import { optionOf } from '../setting.ts';
import { rowSpans } from '../spans.ts';
import { blownUp } from './looStdBlowup.ts';

/** The share of groups that must show a division by their own standard deviation where nobody declares it. */
const MOST_GROUPS = 0.5;

/** Advantages beyond √(G − 1). */
export const stdImpossible: Rule = {
  code: 'std-impossible',
  severity: 'error',
  sentence:
    'An advantage is larger than a division by the standard deviation of its group can give, so that it was divided by something else.',
  signature:
    'Advantages are divided by the standard deviation of the group, by declaration or by most groups, and one exceeds √(G−1), or (G−1)/√G where the others show Bessel’s correction.',
  formula: String.raw`|A_i| = \frac{|R_i-\bar R|}{\sigma} \le \sqrt{G-1},\qquad \text{with Bessel's correction } \le \frac{G-1}{\sqrt G}`,
  advice:
    'Look at what the advantage is divided by: the standard deviation must include the trajectory itself, and be that of its own group.',
  threshold:
    'Samuelson’s inequality, which holds for any numbers: there are no false alarms but by rounding, which is added. G is the largest group of the batch, since members may have been dropped.',
  rate: 0,
  material:
    'Where nobody declares it, more than half of the groups show the division, so that it is the rule and what exceeds it an exception.',
  source: 'NeMo-RL#4161; Samuelson 1968',
  needs: ['group', 'reward', 'advantage'],
  silent: ({ chosen }) =>
    chosen?.objective.name === 'gdpo'
      ? 'the declared objective standardises each reward function by itself'
      : undefined,
  watch: (setting) => ({
    judge(summary) {
      const logged = loggedOf(summary);
      const { advantage, ofAdvantage } = logged;
      const groups = groupsWith(summary, [logged.reward, advantage], 2);
      const shown = normalisationOf(logged, groups);
      const isShown = shown !== undefined && shown.share > MOST_GROUPS;
      if (!isShown && optionOf(setting, 'normalizeByStd') !== true) return [];
      const largest = new Float64Array(summary.steps.length);
      for (const members of groupsOf(summary)) {
        const batch = summary.batch.at(members[0]!);
        largest[batch] = Math.max(largest[batch]!, members.length);
      }
      const { rows: passedOver } = spilled(logged, summary);
      for (const members of groups) {
        const odd = blownUp(logged, members);
        if (odd !== undefined) passedOver.add(odd);
      }
      const bound = (i: number): number => {
        const size = largest[summary.batch.at(i)]!;
        return isShown && shown.bessel ? (size - 1) / Math.sqrt(size) : Math.sqrt(size - 1);
      };
      const rows = new IntegerColumn(summary.memory);
      let worst = -1;
      for (const i of groups.members) {
        const [a, most] = [advantage.at(i), bound(i)];
        const rounding = roundingOf(a, ofAdvantage);
        if (passedOver.has(i) || summary.advantageSpread.at(i) > rounding) continue;
        if (!(Math.abs(a) > most * (1 + 1e-3) + rounding)) continue;
        rows.push(i);
        if (worst < 0 || !(advantage.at(worst) / bound(worst) > a / most)) worst = i;
      }
      if (rows.length === 0) return [];
      return [
        {
          message: `${counted(rows.length, 'advantage')} of ${groups.members.length} exceed what a standard deviation allows: ${short(advantage.at(worst))} where ${short(bound(worst))} is the most.`,
          evidence: {
            trajectories: rows.length,
            largest: advantage.at(worst),
            bound: bound(worst),
            besselShown: isShown && shown.bessel,
          },
          threshold: bound(worst),
          spans: rowSpans(summary, rows),
        },
      ];
    },
  }),
};
