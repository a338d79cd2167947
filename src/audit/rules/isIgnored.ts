// is-ignored: the correction for the sampler is declared, and the trainer trained without it.
import { CONTEST_THRESHOLD, factorOf } from '../alternatives.ts';
import { FactorContest, factorEvidence } from '../factors.ts';
import { formContest } from '../formContest.ts';
import type { Rule } from '../rule.ts';
import {
  CORRECTIONS_TRIED,
  correctedBySequence,
  correctionLevel,
  logRatioOfSequence,
  uncorrected,
} from '../samplerCorrection.ts';

const MESSAGE = 'the logged weights are those without the declared correction for the sampler';

/** The rule. */
export const isIgnored: Rule = {
  code: 'is-ignored',
  severity: 'error',
  sentence:
    'A correction for the difference between sampler and trainer is declared, and what was trained has none.',
  signature:
    'The logged weights are those of an importance weight of 1 on every token, although sampler and trainer differ.',
  formula: String.raw`w_t = c_iA_ir_t \quad\text{instead of}\quad c_i\,\min(\rho_t, C)\,A_ir_t,\quad \rho_t = \frac{\pi_{\text{old},t}}{\pi_{\text{sampler},t}}`,
  advice: 'Check that the log-probs of the sampler reach the loss, also in a fused or chunked one.',
  threshold: CONTEST_THRESHOLD,
  rate: 1e-6,
  source: 'Liger-Kernel#1082, Liger-Kernel#1088, unsloth-zoo#870',
  needs: ['weights', 'samplerLogProbs', ['oldLogProbs', 'logProbs'], 'objective'],
  silent: (setting) =>
    correctionLevel(setting) === undefined ? 'the objective has no correction for the sampler' : undefined,
  watch(setting) {
    const tokens = formContest(setting, {
      tried: CORRECTIONS_TRIED,
      message: MESSAGE,
      form: (view) => uncorrected(view, setting),
    });
    // One weight for a whole trajectory shows only beside other trajectories, the declared one or one that nobody declared.
    const level = correctionLevel(setting);
    const sizes = new FactorContest(setting.memory);
    return {
      second(view) {
        tokens.second(view);
        if (view.trajectory.weights === undefined) return;
        const bySequence = correctedBySequence(view, setting);
        const none = uncorrected(view, setting);
        if (bySequence === undefined || none === undefined) return;
        const [whole, plain] = [bySequence, none].map((form) => Math.log(factorOf(view.trajectory, form)));
        sizes.add(view.i, whole!, plain!, 1 + Math.abs(logRatioOfSequence(view)));
      },
      judge(summary) {
        const outcome = sizes.outcome(summary, CORRECTIONS_TRIED);
        const found = tokens.judge(summary);
        if (level === 'token') return outcome.declared > outcome.alternative ? [] : found;
        if (found.length > 0) return found;
        return outcome.isAlternative ? [factorEvidence(summary, outcome, MESSAGE)] : [];
      },
    };
  },
};
