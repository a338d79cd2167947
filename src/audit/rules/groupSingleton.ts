// group-singleton: a group of one has nothing to be compared with, and some trainers then take the raw reward as its advantage.
import { greatestOf } from '../groups/extremes.ts';
import { centredShare, groupsWith, loggedOf } from '../groups/logged.ts';
import { roundingOf } from '../groups/precision.ts';
import { counted, percent, short } from '../groups/words.ts';
import { groupSizes } from '../openParts.ts';
import type { Rule } from '../rule.ts';
import { rowSpans } from '../spans.ts';

/** The share of the other groups that must be centred for advantages to count as compared within groups. */
const MOST_GROUPS = 0.9;

/** Groups of one whose advantage is their reward. */
export const groupSingleton: Rule = {
  code: 'group-singleton',
  severity: 'warning',
  sentence: 'A group of one has no baseline: its raw reward is its advantage.',
  signature:
    'The advantage of a group of one equals its reward and is not 0, while the advantages of larger groups add up to 0.',
  formula: String.raw`G=1:\quad \operatorname{mean}:=0,\ \operatorname{std}:=1 \Rightarrow A=R`,
  advice:
    'Leave groups of one out, or keep groups together when trajectories are filtered or split among workers.',
  threshold:
    'The advantage is the reward up to the rounding of both; where 90 % of the larger groups are centred. A reward that a formula of the group gives by chance has measure 0, so that there are no false alarms but by rounding.',
  rate: 0,
  material:
    'Nine of ten larger groups are centred: then the trainer has a baseline, and a group of one lost it; a filter may have taken members from the rest.',
  source: 'verl trainer/ppo/core_algos.py',
  needs: ['group', 'reward', 'advantage'],
  watch: () => ({
    judge(summary) {
      const logged = loggedOf(summary);
      const { reward, advantage, ofAdvantage, ofReward } = logged;
      const groups = groupsWith(summary, [reward, advantage], 1);
      const ones = groups.filter((members) => members.length === 1);
      if (!(centredShare(logged, groups) >= MOST_GROUPS)) return [];
      const sizes = groupSizes(summary);
      const raw = ones.filter(([one]) => {
        const [a, r] = [advantage.at(one!), reward.at(one!)];
        const off = roundingOf(a, ofAdvantage) + roundingOf(r, ofReward);
        const isAlone = sizes.at(summary.group.at(one!)) === 1;
        return isAlone && Math.abs(a) > off && Math.abs(a - r) <= off;
      });
      if (raw.length === 0) return [];
      const largest = greatestOf(raw.map(([one]) => Math.abs(advantage.at(one!))));
      return [
        {
          message: `${counted(raw.length, 'group')} of one ${raw.length === 1 ? 'has its' : 'have their'} raw reward as advantage (up to ${short(largest)}), ${percent(raw.length / groups.length)} of all groups.`,
          evidence: { singletons: ones.length, raw: raw.length, groups: groups.length, largest },
          threshold: 0,
          spans: rowSpans(summary, raw.members),
        },
      ];
    },
  }),
};
