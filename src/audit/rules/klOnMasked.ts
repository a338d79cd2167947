// kl-on-masked: the KL penalty in the reward is also paid on tokens that the model did not write.

import type { Trajectory } from '../../rollouts/index.ts';
import { median, ROUNDING } from '../alternatives.ts';
import { referenceGap } from '../klTerms.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** The masked-out tokens between the first and the last token with mask 1. */
function inside({ mask }: Trajectory): number[] {
  const [first, last] = [mask.indexOf(1), mask.lastIndexOf(1)];
  const out: number[] = [];
  for (let t = first + 1; t < last; t++) if (mask[t] === 0) out.push(t);
  return out;
}

/**
 * What is paid on these tokens: logged, or r_t = G_t − γ·G_{t+1} from logged returns, γ ≤ 1 being the median of G_t/G_{t+1} on them, which
 * it is on all of them if nothing is paid. Undefined where neither is in the file.
 */
function paid(
  { tokenRewards, returns, values }: Trajectory,
  tokens: readonly number[],
): number[] | undefined {
  if (tokenRewards !== undefined) return tokens.map((t) => tokenRewards[t]!);
  // Under a critic, returns change with its values.
  if (returns === undefined || values !== undefined) return undefined;
  const middle = median(tokens.map((t) => returns[t]! / returns[t + 1]!).filter(Number.isFinite));
  const discount = middle > 0 && middle <= 1 ? middle : 1;
  return tokens.map((t) => {
    const [now, later] = [returns[t]!, discount * returns[t + 1]!];
    return Math.abs(now - later) <= ROUNDING * (Math.abs(now) + Math.abs(later)) ? 0 : now - later;
  });
}

/** The rule. */
export const klOnMasked: Rule = {
  code: 'kl-on-masked',
  severity: 'error',
  sentence:
    'The KL penalty is paid on tool or feedback tokens too, and their KL runs into the returns of the tokens before.',
  signature:
    'Rewards by token are not 0, or returns change by more than a discount, on most masked-out tokens inside of responses, and differ from token to token.',
  formula: String.raw`G_t = \sum_{s\ge t}(-\beta k_s) \quad\text{instead of}\quad \sum_{s\ge t} m_s(-\beta k_s)`,
  advice: 'Multiply the KL by the loss mask before rewards are added up.',
  threshold:
    'More than half of the masked-out tokens inside responses, in trajectories with at least two that differ. Null: such tokens are paid nothing, up to 32 float32 roundings of the returns; then the rule never finds anything.',
  rate: 0,
  source: 'slime#1372, slime#1370, miles#1383',
  needs: ['mask', ['tokenRewards', 'returns']],
  watch() {
    const places = new SpanList();
    let [masked, charged, known, towards] = [0, 0, 0, 0];
    return {
      second({ trajectory }) {
        const tokens = inside(trajectory);
        const rewards = paid(trajectory, tokens);
        if (rewards === undefined) return;
        masked += rewards.filter(Number.isFinite).length;
        const hit = tokens.filter((_, k) => Number.isFinite(rewards[k]) && rewards[k] !== 0);
        // One token alone, or the same number on all, is a reward of another kind.
        if (new Set(rewards.filter((r) => Number.isFinite(r) && r !== 0)).size < 2) return;
        charged += hit.length;
        const gap = referenceGap(trajectory);
        for (const [k, t] of tokens.entries()) {
          if (gap === undefined || !(Math.abs(rewards[k]! * gap[t]!) > 0)) continue;
          known++;
          if (rewards[k]! * gap[t]! < 0) towards++;
        }
        places.add(trajectory, hit[0]!, hit.at(-1)! + 1);
      },
      judge() {
        if (!(2 * charged > masked)) return [];
        return [
          {
            message: `${charged} of ${masked} masked-out tokens inside responses are paid a reward of their own, in ${places.count} trajectories`,
            evidence: {
              masked,
              charged,
              trajectories: places.count,
              withReference: known,
              againstReference: towards,
            },
            threshold: Math.floor(masked / 2),
            spans: places.spans,
          },
        ];
      },
    };
  },
};
