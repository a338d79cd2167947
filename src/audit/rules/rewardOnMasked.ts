// reward-on-masked: a reward was put on a token that takes no part in the loss, and is lost there.
import { Column } from '../columns/column.ts';
import type { Lists } from '../columns/lists.ts';
import { isStraight, type Logged, lineOf } from '../groups/line.ts';
import { groupsWith, hasAdvantage, loggedOf } from '../groups/logged.ts';
import { precisionOf } from '../groups/precision.ts';
import { counted, percent, short } from '../groups/words.ts';
import type { Evidence, Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** A reward that is less than this share of the largest one is rounding. */
const ROUNDING = 1e-6;

/** Whether the advantages of all groups lie on lines over these rewards. */
function fits(logged: Logged, groups: Lists): boolean {
  return groups.every((members) => {
    if (!hasAdvantage(logged, members)) return true;
    const line = lineOf(logged, members);
    return line !== undefined && isStraight(line);
  });
}

/** Rewards on masked tokens. */
export const rewardOnMasked: Rule = {
  code: 'reward-on-masked',
  severity: 'error',
  sentence: 'The reward sits on a token with mask 0, and whatever multiplies rewards by the mask loses it.',
  signature:
    'Rewards by token are not 0 where the mask is 0, and returns or advantages are those without them. A warning where neither is in the file.',
  formula: String.raw`\sum_tm_tr_t\ne\sum_tr_t`,
  advice: 'Put the reward of the outcome on the last token with mask 1.',
  threshold:
    'A reward above 10⁻⁶ of the largest on a token with mask 0; advantages lie on a line over Σ m·r and not over Σ r, up to rounding. No noise is involved.',
  rate: 0,
  source: 'verl#7278',
  needs: ['mask', 'tokenRewards'],
  watch: ({ memory }) => {
    const total = new Column(memory);
    const kept = new Column(memory);
    const places = new SpanList();
    /** Trajectories whose returns leave the reward out, and those whose returns have it. */
    let lostReturns = 0;
    let keptReturns = 0;
    let largest = 0;
    return {
      first(trajectory) {
        const { tokenRewards, mask, length, returns } = trajectory;
        if (tokenRewards === undefined) {
          total.push(Number.NaN);
          kept.push(Number.NaN);
          return;
        }
        let [all, inside, at, lastMasked] = [0, 0, -1, -1];
        const size = tokenRewards.reduce((most, r) => (Math.abs(r) > most ? Math.abs(r) : most), 0);
        for (let t = 0; t < length; t++) {
          if (mask[t] === 1) lastMasked = t;
          const r = tokenRewards[t]!;
          if (Number.isNaN(r)) continue;
          all += r;
          if (mask[t] === 1) inside += r;
          else if (Math.abs(r) > ROUNDING * size) at = t;
        }
        total.push(all);
        kept.push(inside);
        if (at < 0 || lastMasked < 0) return;
        places.add(trajectory, at, at + 1);
        largest = Math.max(largest, Math.abs(all - inside));
        const end = returns?.[lastMasked] ?? Number.NaN;
        if (Number.isNaN(end)) return;
        const own = Number.isNaN(tokenRewards[lastMasked]!) ? 0 : tokenRewards[lastMasked]!;
        if (Math.abs(end - own) <= ROUNDING * size) lostReturns++;
        else keptReturns++;
      },
      judge(summary) {
        if (places.count === 0) return [];
        const finding = (isSeen: boolean): readonly Evidence[] => [
          {
            message: `${counted(places.count, 'trajectory')} of ${summary.count} (${percent(places.count / summary.count)}) have a reward on a token with mask 0, up to ${short(largest)}${isSeen ? ', which is missing from what was trained on' : ''}.`,
            evidence: { trajectories: places.count, largest, lostReturns, seenInTraining: isSeen },
            threshold: ROUNDING,
            spans: places.spans,
            ...(isSeen ? {} : { severity: 'warning' as const }),
          },
        ];
        if (lostReturns + keptReturns > 0) return lostReturns > keptReturns ? finding(true) : [];
        const logged = loggedOf(summary);
        if (!summary.loggedAdvantage.some(Number.isFinite)) return finding(false);
        const over = (reward: Column): Logged => ({
          ...logged,
          reward,
          ofReward: precisionOf(reward, true),
        });
        const groups = groupsWith(summary, [total, logged.advantage], 2);
        if (groups.length === 0) return finding(false);
        if (fits(over(total), groups)) {
          // All advantages may be 0 because every reward is lost.
          const isNothing = groups.every((members) => !hasAdvantage(logged, members));
          return isNothing && groups.some((members) => new Set(members.map((i) => total.at(i))).size > 1)
            ? finding(true)
            : [];
        }
        return fits(over(kept), groups) ? finding(true) : [];
      },
    };
  },
};
