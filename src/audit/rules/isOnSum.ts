// is-on-sum: the correction for the sampler is declared by token, and the trainer took that of the whole sequence.
import { CONTEST_THRESHOLD, Contest, factorOf } from '../alternatives.ts';
import { FactorContest } from '../factors.ts';
import { declaredForm, found } from '../formContest.ts';
import type { Rule } from '../rule.ts';
import {
  CORRECTIONS_TRIED,
  correctedBySequence,
  correctionLevel,
  logRatioOfSequence,
  uncorrected,
} from '../samplerCorrection.ts';

/** The rule. */
export const isOnSum: Rule = {
  code: 'is-on-sum',
  severity: 'error',
  sentence:
    'The importance weight against the sampler is that of the sum of log-ratios over the sequence, so that it varies with length and a cap pushes it towards 0.',
  signature:
    'The logged weights are those of e^{Σd}, cut or masked at the declared bounds, where e^d by token is declared.',
  formula: String.raw`\min\!\big(e^{\sum_s d_s}, C\big) \quad\text{instead of}\quad \min(e^{d_t}, C),\quad d_t = \log\pi_{\text{old},t}-\log\pi_{\text{sampler},t}`,
  advice:
    'Take the ratio by token, or the geometric mean over the sequence; if the product is meant, declare samplerLevel=sequence.',
  threshold: CONTEST_THRESHOLD,
  rate: 1e-6,
  source: 'trl#5814, trl#5815, unsloth-zoo#870',
  needs: ['weights', 'samplerLogProbs', ['oldLogProbs', 'logProbs'], 'objective'],
  silent: (setting) =>
    correctionLevel(setting) === 'token'
      ? undefined
      : 'the objective has no correction for the sampler by token',
  watch(setting) {
    const tokens = new Contest(CORRECTIONS_TRIED);
    // Within a trajectory it is flat, as no correction is; only its size beside other trajectories tells.
    const sizes = new FactorContest(setting.memory);
    return {
      second(view) {
        if (view.trajectory.weights === undefined) return;
        const declared = declaredForm(view, setting);
        const sum = correctedBySequence(view, setting);
        const none = uncorrected(view, setting);
        if (declared === undefined || sum === undefined || none === undefined) return;
        tokens.add(view, declared, sum);
        const [byNone, bySum] = [none, sum].map((form) => Math.log(factorOf(view.trajectory, form)));
        sizes.add(view.i, byNone!, bySum!, 1 + Math.abs(logRatioOfSequence(view)));
      },
      judge(summary) {
        if (!sizes.outcome(summary, CORRECTIONS_TRIED).isAlternative) return [];
        return found(tokens.outcome(), {
          message: 'the logged weights hold the importance weight of the whole sequence',
        });
      },
    };
  },
};
