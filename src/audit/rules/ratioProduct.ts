// ratio-product: the ratio of a token is the product of the ratios of its sequence, or of those before it.
import { CONTEST_THRESHOLD, Contest, type Form, factorOf } from '../alternatives.ts';
import { FactorContest, factorEvidence } from '../factors.ts';
import { declaredForm, found } from '../formContest.ts';
import { logRatios, maskedSum, sequenceRatio } from '../ratios.ts';
import { klForm, reweigh, termList } from '../reweigh.ts';
import type { Rule } from '../rule.ts';
import type { Setting } from '../setting.ts';
import type { TokenView } from '../tokenView.ts';

/** The weights if the log-ratio of each token were this, [T]. */
function withLogRatio(view: TokenView, setting: Setting, logRatio: Float64Array): Form | undefined {
  const terms = reweigh(view, setting, {
    batch: ({ logProb }) => ({ oldLogProb: logProb.map((x, t) => x - logRatio[t]!) }),
  });
  return terms === undefined ? undefined : klForm(view, setting, termList(terms));
}

/** [T] Σ of the log-ratios up to each token, those with mask 1. */
function upTo(ratios: Float64Array, mask: Uint8Array): Float64Array {
  let sum = 0;
  return ratios.map((x, t) => {
    if (mask[t] === 1 && Number.isFinite(x)) sum += x;
    return sum;
  });
}

/** Up to each token, and over the sequence. */
const TRIED = 2;

const MESSAGE = 'the logged weights hold the product of the ratios';

/** The rule. */
export const ratioProduct: Rule = {
  code: 'ratio-product',
  severity: 'error',
  sentence:
    'Log-probs were added up before the ratio was taken, so the ratio is the product over the sequence: it explodes or vanishes with length.',
  signature:
    'The logged weights are those of ∏r over the sequence, or over the tokens up to each, where the objective has one ratio a token or its geometric mean.',
  formula: String.raw`e^{\sum_s\log r_s} \quad\text{instead of}\quad r_t \;\text{ or }\; e^{\frac1L\sum_s\log r_s}`,
  advice:
    'Keep log-probs by token until the ratio is taken; for a ratio by sequence divide the sum by its length.',
  threshold: CONTEST_THRESHOLD,
  rate: 1e-6,
  source: 'rasbt/reasoning-from-scratch#243',
  needs: ['weights', 'logProbs', 'oldLogProbs', 'objective'],
  silent: (setting) =>
    sequenceRatio(setting) === 'product' ? 'the objective has the product of the ratios' : undefined,
  watch(setting) {
    const prefix = new Contest(TRIED);
    const whole = new Contest(TRIED);
    // Within a trajectory the product is flat, as no ratio at all and a ratio by sequence are; its size beside other trajectories tells.
    const sizes = new FactorContest(setting.memory);
    const bySequence = sequenceRatio(setting) !== undefined;
    return {
      second(view) {
        const { trajectory, i } = view;
        const ratios = logRatios(trajectory);
        const declared = ratios === undefined ? undefined : declaredForm(view, setting);
        if (ratios === undefined || declared === undefined) return;
        const { sum } = maskedSum(ratios, trajectory.mask);
        const other = withLogRatio(view, setting, upTo(ratios, trajectory.mask));
        if (other !== undefined && !bySequence) prefix.add(view, declared, other);
        const product = withLogRatio(
          view,
          setting,
          ratios.map(() => sum),
        );
        const flat = bySequence
          ? declared
          : withLogRatio(
              view,
              setting,
              ratios.map(() => 0),
            );
        if (product === undefined || flat === undefined) return;
        whole.add(view, declared, product);
        const [byFlat, byProduct] = [flat, product].map((form) => Math.log(factorOf(trajectory, form)));
        sizes.add(i, byFlat!, byProduct!, 1 + Math.abs(sum));
      },
      judge(summary) {
        const upToEach = found(prefix.outcome(), { message: `${MESSAGE} up to each token` });
        if (upToEach.length > 0) return upToEach;
        const outcome = sizes.outcome(summary, TRIED);
        const message = `${MESSAGE} over the sequence`;
        if (!outcome.isAlternative) return [];
        return bySequence ? [factorEvidence(summary, outcome, message)] : found(whole.outcome(), { message });
      },
    };
  },
};
