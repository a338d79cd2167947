// reward-weights-missing: the logged rewards are unweighted, and the advantages show the weights that were used.

import { showText } from '../../base/show.ts';
import type { Lists } from '../columns/lists.ts';
import { hasAdvantage, loggedOf } from '../groups/logged.ts';
import { fitOf, fitRewards } from '../groups/rewardFit.ts';
import { counted, percent, short } from '../groups/words.ts';
import { groupsOf } from '../members.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';
import type { Summary } from '../summary.ts';

/** The share of groups that the fitted weights must explain to the last digit. */
const MOST_GROUPS = 0.9;
/** A weight is told from the first one where they differ by more than this share of it. */
const LEAST_DIFFERENCE = 0.01;

/** Groups in which all members have an advantage and more than one reward function varies. */
function telling(summary: Summary): Lists {
  const logged = loggedOf(summary);
  const columns = [...summary.rewards.values()];
  return groupsOf(summary).filter(
    (members) =>
      members.length > 2 &&
      members.every((i) => Number.isFinite(logged.advantage.at(i))) &&
      members.every((i) => columns.some((column) => Number.isFinite(column.at(i)))) &&
      hasAdvantage(logged, members),
  );
}

/** Weights of reward functions that the file does not say. */
export const rewardWeightsMissing: Rule = {
  code: 'reward-weights-missing',
  severity: 'info',
  sentence:
    'Advantages come from a weighted sum of the reward functions, and the weights are not in the file.',
  signature:
    'Advantages are proportional, in each group, to Σ w·(r − mean) with weights that differ, and not to the plain sum.',
  formula: String.raw`A_i=s_g\sum_kw_k\,(r_{ik}-\bar r_{gk}),\quad w\ne(1,\dots,1)`,
  advice: 'Give the weights to whatever reads the rewards; the advantages are those of the weighted sum.',
  threshold:
    'The plain sum misses more than 10 % of the groups by more than rounding, the fitted weights less than 10 %. Weights with K−1 free numbers cannot explain more groups than that by chance to all digits.',
  rate: 0,
  material:
    'Nine of ten groups; weights within 1 % of each other are equal: shares of the reward functions told from them are then right to 1 %.',
  source: 'trl#5353',
  needs: ['group', 'rewards', 'advantage'],
  watch: () => ({
    judge(summary) {
      const names = [...summary.rewards.keys()];
      const columns = [...summary.rewards.values()];
      const groups = telling(summary);
      if (names.length < 2 || groups.length < names.length + 1) return [];
      const parts = { columns, advantage: summary.loggedAdvantage, groups };
      const plain = fitOf(parts, new Float64Array(names.length).fill(1));
      const fit = fitRewards(parts);
      if (fit === undefined || plain.explained >= MOST_GROUPS || fit.explained < MOST_GROUPS) return [];
      const [first] = fit.weights;
      const relative = [...fit.weights].map((w) => w / first!);
      if (!relative.every(Number.isFinite) || relative.every((w) => Math.abs(w - 1) <= LEAST_DIFFERENCE))
        return [];
      const said = names.map((name, k) => `${showText(name, 40)} ${short(relative[k]!)}`).join(', ');
      return [
        {
          message: `The advantages of ${counted(groups.length, 'group')} are those of a weighted sum, relative to the first function: ${said}; the plain sum explains ${percent(plain.explained)} of them.`,
          evidence: {
            groups: groups.length,
            explained: fit.explained,
            explainedByPlainSum: plain.explained,
            ...Object.fromEntries(names.map((name, k) => [`weight ${showText(name, 40)}`, relative[k]!])),
          },
          threshold: MOST_GROUPS,
          spans: rowSpans(summary, groups.members),
        },
      ];
    },
  }),
};
