// An end token that never carries weight.
import { ROLES } from '../../rollouts/trajectory.ts';
import type { Rule } from '../rule.ts';
import { FALSE_ALARMS } from '../significance.ts';
import { SpanList } from '../spans.ts';
import { isTrained, isWritten, maskShift } from '../trained.ts';

const EOS = ROLES.indexOf('eos');

/** The rule `eos-untrained`. */
export const eosUntrained: Rule = {
  code: 'eos-untrained',
  severity: 'warning',
  sentence: 'The end token never carries weight, so that the policy is not taught when to stop.',
  signature: 'End tokens are there, in trajectories that carry weight elsewhere, and none of them has any.',
  formula: String.raw`w_{\text{eos}}=0\ \text{always};\quad p^n<10^{-4}`,
  advice: 'Include the end token in the mask; where padding is the same token, keep the first one.',
  threshold:
    'The null is that the end token is left out as often as other tokens of the response, a share p of them (one of each added to both counts): n end tokens without weight then happen with probability pⁿ, which must be below 10⁻⁴.',
  rate: 1e-4,
  source: 'trl#4974, trl#5988',
  needs: ['roles', 'ends', ['mask', 'weights']],
  watch: () => {
    const spans = new SpanList();
    let [ends, trainedEnds, others, trainedOthers] = [0, 0, 0, 0];
    return {
      first: (trajectory) => {
        const { roles, length, areRolesLogged, isMaskLogged, weights } = trajectory;
        if (!areRolesLogged || !(isMaskLogged || weights !== undefined)) return;
        if (maskShift(trajectory) !== 0) return;
        let [own, ownTrained] = [0, 0];
        for (let t = 0; t < length; t++) {
          if (!isWritten(roles[t]!) || roles[t] === EOS) continue;
          own++;
          if (isTrained(trajectory, t)) ownTrained++;
        }
        if (ownTrained === 0) return;
        others += own;
        trainedOthers += ownTrained;
        for (let t = 0; t < length; t++) {
          if (roles[t] !== EOS) continue;
          ends++;
          if (isTrained(trajectory, t)) trainedEnds++;
          else spans.add(trajectory, t, t + 1);
        }
      },
      judge: () => {
        const share = (others - trainedOthers + 1) / (others + 2);
        const chance = share ** ends;
        if (ends === 0 || trainedEnds > 0 || chance >= FALSE_ALARMS) return [];
        return [
          {
            message: `None of ${ends} end tokens carries weight, while ${trainedOthers} of ${others} other tokens of the same responses do.`,
            evidence: { ends, others, trainedOthers, chance },
            threshold: FALSE_ALARMS,
            spans: spans.spans,
          },
        ];
      },
    };
  },
};
