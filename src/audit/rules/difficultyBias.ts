// difficulty-bias: a division by the standard deviation of the group makes easy and hard prompts weigh more than those between.
import { Column } from '../columns/column.ts';
import { Lists } from '../columns/lists.ts';
import { sorted } from '../columns/order.ts';
import { doRewardsDiffer, isStraight, lineOf, stdOf } from '../groups/line.ts';
import { groupsWith, loggedOf } from '../groups/logged.ts';
import { counted, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { optionOf } from '../setting.ts';
import { rowSpans } from '../spans.ts';

/** The share of groups whose slope must be 1/σ for a division by it to be shown. */
const MOST_GROUPS = 0.9;
/** Slopes times σ that differ by more than this are not all 1/σ: ε of 10⁻⁴ beside a σ of 0.01. */
const MOST_SPREAD = 0.02;

interface Slope {
  readonly members: readonly number[];
  readonly slope: number;
  readonly std: number;
}

/** How much more a unit of reward weighs in one group than in another. */
export const difficultyBias: Rule = {
  code: 'difficulty-bias',
  severity: 'info',
  sentence:
    'A unit of reward weighs more in groups whose rewards differ little, which are those of very easy and very hard prompts.',
  signature:
    'The advantage per unit of reward is 1/σ of the group, by declaration or in the logged advantages, and σ differs between groups.',
  formula: String.raw`\frac{\partial A_i}{\partial R_i}\propto\frac1{\sigma_g},\qquad \sigma_g=\sqrt{p(1-p)}\text{ for rewards 0 and 1}`,
  advice:
    'Leave the division out (Dr. GRPO), or divide by the standard deviation of the batch, if all prompts shall weigh the same.',
  threshold:
    'Any difference of σ between groups beyond rounding: this follows from the formula and is no test.',
  rate: 0,
  material:
    'Slopes within 2 % of 1/σ in nine of ten groups: then prompts are weighed by 1/σ, whatever an ε or a dropped member changes in the others.',
  source: 'Dr. GRPO, arXiv 2503.20783',
  needs: ['group', 'reward'],
  watch: (setting) => ({
    judge(summary) {
      const logged = loggedOf(summary);
      const groups = groupsWith(summary, [logged.reward], 2).filter((members) =>
        doRewardsDiffer(logged, members),
      );
      const std = (members: readonly number[]): number => stdOf(logged.reward, members, 1);
      const straight = new Lists(summary.memory);
      const slopes = new Column(summary.memory);
      for (const members of groups) {
        const line = lineOf(logged, members);
        if (line === undefined || !isStraight(line)) continue;
        straight.push(members);
        slopes.push(line.slope);
      }
      const isLogged = straight.length >= 2 && straight.length >= MOST_GROUPS * groups.length;
      const products = straight.numbers((members, k) => slopes.at(k) * std(members));
      const median = sorted(products, summary.memory).at(Math.floor(products.length / 2));
      let near = 0;
      for (const x of products) if (Math.abs(x / median - 1) <= MOST_SPREAD) near++;
      const isShown = isLogged && near >= MOST_GROUPS * products.length;
      const isDeclared = !isLogged && optionOf(setting, 'normalizeByStd') === true;
      if (!isShown && !isDeclared) return [];
      const epsilon = Number(optionOf(setting, 'stdEpsilon') ?? 0);
      const all = isShown ? straight : groups;
      let heaviest: Slope = { members: [], slope: 0, std: 0 };
      let lightest: Slope | undefined;
      for (let k = 0; k < all.length; k++) {
        const members = all.at(k);
        const ofGroup = std(members);
        const one = { members, slope: isShown ? slopes.at(k) : 1 / (ofGroup + epsilon), std: ofGroup };
        if (!(heaviest.slope >= one.slope)) heaviest = one;
        if (lightest === undefined || one.slope < lightest.slope) lightest = one;
      }
      if (lightest === undefined) return [];
      const ratio = heaviest.slope / lightest.slope;
      if (!(ratio > 1 + MOST_SPREAD)) return [];
      return [
        {
          message: `A unit of reward weighs up to ${short(ratio)} times as much in one group as in another: σ is between ${short(heaviest.std)} and ${short(lightest.std)} in ${counted(all.length, 'group')}.`,
          evidence: {
            groups: all.length,
            ratio,
            leastStd: heaviest.std,
            mostStd: lightest.std,
            logged: isShown,
          },
          threshold: 1 + MOST_SPREAD,
          spans: rowSpans(summary, heaviest.members),
        },
      ];
    },
  }),
};
