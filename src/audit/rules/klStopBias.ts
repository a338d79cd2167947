// kl-stop-bias: a penalty on the KL of whole trajectories charges the decision to go on with the length of what follows.
import { klValue } from '../../objectives/index.ts';
import { ROLES } from '../../rollouts/trajectory.ts';
import { FALSE_ALARMS } from '../alternatives.ts';
import { Column, IntegerColumn } from '../columns/column.ts';
import { estimatorOf, referenceGap } from '../klTerms.ts';
import { deviation, slopeOf, spearmanZ } from '../ranks.ts';
import type { Rule } from '../rule.ts';
import { optionOf, type Setting } from '../setting.ts';
import { rowSpans } from '../spans.ts';
import type { TokenView } from '../tokenView.ts';
import { short } from '../words.ts';

const DECISION = ROLES.indexOf('decision');

/** z beyond which at most FALSE_ALARMS of independent columns lie: P(Z > z) ≤ exp(−z²/2). */
const Z = Math.sqrt(2 * Math.log(1 / FALSE_ALARMS));

function silent(setting: Setting): string | undefined {
  const beta = optionOf(setting, 'beta');
  if (typeof beta !== 'number' || beta === 0) return 'the objective has no KL penalty';
  if (optionOf(setting, 'klPlacement') !== 'reward') {
    return 'the KL penalty is in the loss, where sums over tokens do not depend on what follows';
  }
  return undefined;
}

/** The last decision of the first attempt, if another attempt follows; −1 if none does. */
function firstResample({ trajectory: { roles, length }, attempt }: TokenView): number {
  let decision = -1;
  for (let t = 0; t < length; t++) {
    if (attempt[t]! > 0) return decision;
    if (roles[t] === DECISION) decision = t;
  }
  return -1;
}

/** The rule. */
export const klStopBias: Rule = {
  code: 'kl-stop-bias',
  severity: 'info',
  sentence:
    'The penalty on the KL of whole trajectories charges a decision to go on with the KL of all tokens that follow, so that it pushes towards STOP the more, the longer attempts are.',
  signature:
    'The KL that follows the first RESAMPLE of a trajectory grows with the number of tokens that follow; a warning where the part that grows with length varies more than the reward does.',
  formula: String.raw`\frac{\partial\,\mathrm{KL}}{\partial\ell_R(h)} = \rho\,\pi_R\pi_S\,[\Delta + \mathrm{KL}_{\text{to go}}(R) - \mathrm{KL}_{\text{to go}}(S)]`,
  advice:
    'Weigh the KL by segment (klWeight=segment), put k2 or k3 into the loss, or check that β is small beside the reward that another attempt can gain.',
  threshold:
    "Spearman's rank correlation of the KL that follows with the number of tokens that follow, z > 5.26. Null: they are independent; then P(Z > z) ≤ exp(−z²/2) = 1e-6. Since z is at most √(n − 1), fewer than 29 never reach it. A warning from 1: as much variance from length as from the reward.",
  rate: 1e-6,
  source: 'C5b in docs/theory.md',
  needs: ['decisions', 'logProbs', 'refLogProbs', 'reward', 'objective'],
  silent,
  watch(setting) {
    const { memory } = setting;
    const index = new IntegerColumn(memory);
    const [x, y] = [new Column(memory), new Column(memory)];
    const estimator = estimatorOf(setting) ?? 'k1';
    const isBySegment = optionOf(setting, 'klWeight') === 'segment';
    return {
      second(view) {
        const { trajectory, i, attempt } = view;
        const gap = referenceGap(trajectory);
        const decision = firstResample(view);
        if (gap === undefined || decision < 0) return;
        const { mask, roles, length } = trajectory;
        let [kl, tokens] = [0, 0];
        const segments = new Map<number, { kl: number; tokens: number }>();
        for (let t = decision + 1; t < length; t++) {
          if (mask[t] !== 1 || !Number.isFinite(gap[t])) continue;
          const k = klValue(estimator, gap[t]!);
          tokens++;
          kl += k;
          const key = 2 * attempt[t]! + Number(roles[t] === DECISION);
          const segment = segments.get(key) ?? { kl: 0, tokens: 0 };
          segments.set(key, { kl: segment.kl + k, tokens: segment.tokens + 1 });
        }
        if (tokens === 0) return;
        if (isBySegment) kl = [...segments.values()].reduce((sum, s) => sum + s.kl / s.tokens, 0);
        index.push(i);
        x.push(tokens);
        y.push(kl);
      },
      judge(summary) {
        const z = spearmanZ(x, y);
        if (!(z > Z)) return [];
        const beta = Number(optionOf(setting, 'beta'));
        const { slope, correlation } = slopeOf(x, y);
        const rewards = new Column(memory);
        for (const r of summary.reward) if (Number.isFinite(r)) rewards.push(r);
        const besideReward = (beta * Math.abs(slope) * deviation(x)) / deviation(rewards);
        return [
          {
            severity: besideReward > 1 ? 'warning' : 'info',
            message: `each token after a first RESAMPLE adds ${short(beta * slope)} to its penalty (${x.length} decisions, correlation ${short(correlation)}); the spread from length is ${short(besideReward)} times that of the reward`,
            evidence: { decisions: x.length, slope, correlation, z, besideReward },
            threshold: Z,
            spans: rowSpans(summary, index),
          },
        ];
      },
    };
  },
};
