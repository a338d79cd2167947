// std-noise: rewards that differ by rounding only, blown up to advantages by a division by their standard deviation.

import { greatestOf } from '../groups/extremes.ts';
import { isStraight, lineOf, rangeOf } from '../groups/line.ts';
import { centredShare, groupsWith, loggedOf } from '../groups/logged.ts';
import { EXACT } from '../groups/precision.ts';
import { counted, short } from '../groups/words.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';

/** Rewards that differ by less than this share of their size are equal up to the rounding of float32. */
const NOISE = 1e-6;
/** What the largest ε in use, 10⁻⁴, lets through of such a difference. */
const MOST_ADVANTAGE = NOISE / 1e-4;
/** The share of the other groups that must be centred for advantages to count as compared within groups. */
const MOST_GROUPS = 0.9;

/** Groups of equal rewards with advantages of full size. */
export const stdNoise: Rule = {
  code: 'std-noise',
  severity: 'error',
  sentence:
    'Rewards of a group are equal but for rounding, and the division by their standard deviation makes advantages of it.',
  signature:
    'The range of rewards of a group is below 10⁻⁶ of their size; |A| is above 0.01, and constant or on a line with the rewards.',
  formula: String.raw`\max R-\min R<10^{-6}:\quad A_i=\frac{\text{rounding}}{\text{rounding}+\varepsilon}`,
  advice:
    'Set the advantages of such groups to 0 before dividing, or subtract the first reward before taking the mean.',
  threshold:
    '|A| ≤ 10⁻⁶/10⁻⁴ = 0.01 with the largest ε in use (TRL), so that no division guarded by it makes more of rounding.',
  rate: 0,
  material:
    '|A| of 0.01, a hundredth of a usual advantage; and nine of ten other groups are centred, so that advantages are compared within groups.',
  source: 'verl#4597',
  needs: ['group', 'reward', 'advantage'],
  watch: () => ({
    judge(summary) {
      const logged = loggedOf(summary);
      const { reward, advantage } = logged;
      const isSound = (i: number): boolean => summary.failed.at(i) !== 1 && summary.length.at(i) !== 0;
      const groups = groupsWith(summary, [reward, advantage], 2).filter((members) => members.every(isSound));
      const isEqual = (members: readonly number[]): boolean =>
        rangeOf(reward, members) <
        NOISE * Math.max(1, greatestOf(members.map((i) => Math.abs(reward.at(i)))));
      const others = groups.filter((members) => !isEqual(members));
      if (!(centredShare(logged, others) >= MOST_GROUPS)) return [];
      const fine = {
        ...logged,
        ofReward: { step: 0, relative: 0 },
        ofAdvantage: { ...EXACT, step: MOST_ADVANTAGE / 10 },
      };
      const noisy = groups.filter((members) => {
        if (!isEqual(members) || !members.some((i) => Math.abs(advantage.at(i)) > MOST_ADVANTAGE))
          return false;
        if (rangeOf(advantage, members) <= MOST_ADVANTAGE) return rangeOf(reward, members) === 0;
        const line = lineOf(fine, members);
        return line !== undefined && isStraight(line);
      });
      if (noisy.length === 0) return [];
      const largest = greatestOf(
        noisy.map((members) => greatestOf(members.map((i) => Math.abs(advantage.at(i))))),
      );
      const range = greatestOf(noisy.map((members) => rangeOf(reward, members)));
      return [
        {
          message: `In ${counted(noisy.length, 'group')} of ${groups.length} rewards differ by at most ${short(range)} and |A| is up to ${short(largest)}.`,
          evidence: { groups: groups.length, noisy: noisy.length, rewardRange: range, largest },
          threshold: MOST_ADVANTAGE,
          spans: rowSpans(summary, noisy.members),
        },
      ];
    },
  }),
};
