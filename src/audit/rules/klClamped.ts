// kl-clamped: the estimator of a KL penalty in the loss is clamped, and has no gradient where that acts.
import { klValue } from '../../objectives/index.ts';
import { CONTEST_THRESHOLD } from '../alternatives.ts';
import { formContest } from '../formContest.ts';
import { estimatorOf, KL_ALTERNATIVES, noPenaltyInLoss, penaltyGap } from '../klTerms.ts';
import { klForm } from '../reweigh.ts';
import type { Rule } from '../rule.ts';

/** Where verl and NeMo-RL clamp the estimator. */
const CLAMP = 10;

/** The rule. */
export const klClamped: Rule = {
  code: 'kl-clamped',
  severity: 'warning',
  sentence:
    'The estimator of the KL penalty is clamped at 10, so the tokens that are furthest from the reference are not pulled back.',
  signature:
    'The logged weights hold no KL term where the estimator is above 10: for k3, where log π − log π_ref < −2.61.',
  formula: String.raw`\frac{\partial}{\partial\log\pi_t}\min(k_t, 10) = 0 \quad\text{where}\quad k_t > 10`,
  advice:
    'Take k2, or the corrected k3, whose slope grows with the distance only linearly, instead of a clamp.',
  threshold: CONTEST_THRESHOLD,
  rate: 1e-6,
  source: 'verl#2928, arXiv 2510.01555',
  needs: ['weights', ['refLogProbs', 'samplerLogProbs'], 'objective'],
  silent: noPenaltyInLoss,
  watch: (setting) =>
    formContest(setting, {
      tried: KL_ALTERNATIVES,
      message: 'the logged weights have no KL term where the estimator is above 10',
      form(view) {
        const estimator = estimatorOf(setting);
        const gap = penaltyGap(view, setting);
        if (view.terms?.kl === undefined || gap === undefined || estimator === undefined) return undefined;
        const clamped = view.terms.kl.map((w, t) => (klValue(estimator, gap[t]!) > CLAMP ? 0 : w));
        return klForm(view, setting, [view.terms.policy, clamped]);
      },
    }),
};
