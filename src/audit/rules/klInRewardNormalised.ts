// kl-in-reward-normalised: the KL penalty of whole trajectories is part of the reward that is standardised in the group.

import type { Trajectory } from '../../rollouts/index.ts';
import { Column } from '../columns/column.ts';
import { greatestOf, leastOf } from '../groups/extremes.ts';
import { isStraight, lineOf, stdOf } from '../groups/line.ts';
import { groupsWith, hasAdvantage, loggedOf } from '../groups/logged.ts';
import { fitOf, fitRewards } from '../groups/rewardFit.ts';
import { counted, percent, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { optionOf } from '../setting.ts';
import { rowSpans } from '../spans.ts';

/** The rate of false alarms for both estimators together. */
const RATE = 1e-6;
/** Slopes times σ that differ by less than this are all 1/σ. */
const MOST_SPREAD = 0.05;

/** Σ m·δ and Σ m·(e^{−δ} − 1 + δ) with δ = log π − log π_ref. */
function klOf({
  oldLogProbs,
  logProbs,
  samplerLogProbs,
  refLogProbs,
  mask,
  length,
}: Trajectory): [number, number] {
  const own = oldLogProbs ?? logProbs ?? samplerLogProbs;
  if (own === undefined || refLogProbs === undefined) return [Number.NaN, Number.NaN];
  let k1 = 0;
  let k3 = 0;
  for (let t = 0; t < length; t++) {
    if (mask[t] === 0) continue;
    const delta = own[t]! - refLogProbs[t]!;
    k1 += delta;
    k3 += Math.expm1(-delta) + delta;
  }
  return [k1, k3];
}

/** KL inside a standardised reward. */
export const klInRewardNormalised: Rule = {
  code: 'kl-in-reward-normalised',
  severity: 'warning',
  sentence:
    'A KL penalty summed over the trajectory is part of the reward that is standardised within the group, so that advantages depend on length and β loses its meaning.',
  signature:
    'What the logged rewards leave of the advantages within groups is proportional to ΣKL, and advantages are divided by the standard deviation of both together.',
  formula: String.raw`A_i=\frac{R_i-\beta\sum_t\mathrm{kl}_{i,t}-\operatorname{mean}}{\operatorname{std}(R-\beta\sum\mathrm{kl})}`,
  advice: 'Put the KL penalty into the loss, or subtract it after advantages are standardised.',
  threshold:
    'Null: ΣKL has nothing to do with the advantages. It explains a share R² of what rewards leave, with 1 − R² ≤ (10⁻⁶/2)^{2/ν}, ν the number of trajectories minus groups minus 1: under the null 1 − R² is Beta(ν/2, 1/2), which is below x with probability at most x^{ν/2}; two estimators are tried.',
  rate: 1e-6,
  material:
    'Slopes times σ that agree within 5 %: then β is divided by σ, up to what rounding and an ε leave.',
  source: 'verl#509',
  needs: ['group', 'reward', 'advantage', 'refLogProbs'],
  watch: (setting) => {
    const k1 = new Column(setting.memory);
    const k3 = new Column(setting.memory);
    return {
      first(trajectory) {
        const [one, three] = klOf(trajectory);
        k1.push(one);
        k3.push(three);
      },
      judge(summary) {
        const logged = loggedOf(summary);
        const kl = [k1, k3];
        const groups = groupsWith(summary, [logged.reward, logged.advantage, ...kl], 3).filter((members) =>
          hasAdvantage(logged, members),
        );
        // Where rewards alone explain everything there is nothing left.
        if (
          groups.every((members) => {
            const line = lineOf(logged, members);
            return line !== undefined && isStraight(line);
          })
        )
          return [];
        const freedom = groups.members.length - groups.length - 1;
        if (freedom < 2) return [];
        const most = (RATE / 2) ** (2 / freedom);
        const alone = fitOf(
          { columns: [logged.reward], advantage: logged.advantage, groups },
          Float64Array.of(1),
        );
        for (const [which, column] of kl.entries()) {
          const parts = { columns: [logged.reward, column], advantage: logged.advantage, groups };
          const fit = fitRewards(parts);
          if (fit === undefined || fit.weights[0] === 0) continue;
          const beta = -fit.weights[1]! / fit.weights[0]!;
          const left = fit.misfit / alone.misfit;
          const shaped = summary.reward.map((r, i) => r - beta * column.at(i));
          const spread = (values: Column): number => greatestOf(values) / leastOf(values) - 1;
          const products = groups.numbers((members, g) => fit.slopes.at(g) * stdOf(shaped, members, 1));
          const isDivided =
            optionOf(setting, 'normalizeByStd') === true ||
            (spread(products) <= MOST_SPREAD && spread(fit.slopes) > 2 * MOST_SPREAD);
          if (!(beta > 0) || !(left <= most) || !isDivided) continue;
          return [
            {
              message: `Advantages in ${counted(groups.length, 'group')} contain −β·ΣKL with β/weight of the reward = ${short(beta)} (${which === 0 ? 'k1' : 'k3'}), which explains ${percent(1 - left)} of what rewards leave.`,
              evidence: {
                groups: groups.length,
                beta,
                unexplained: left,
                unexplainedByReward: alone.misfit,
                estimator: which === 0 ? 'k1' : 'k3',
              },
              threshold: most,
              spans: rowSpans(summary, groups.members),
            },
          ];
        }
        return [];
      },
    };
  },
};
