// is-touches-kl: the correction for the sampler multiplies the KL penalty too.
import { CONTEST_THRESHOLD } from '../alternatives.ts';
import { formContest } from '../formContest.ts';
import { noPenaltyInLoss } from '../klTerms.ts';
import { klForm, reweigh } from '../reweigh.ts';
import type { Rule } from '../rule.ts';
import { CORRECTIONS_TRIED, correctionLevel, uncorrectedTerms } from '../samplerCorrection.ts';

/** Options under which no ratio is clipped. */
const UNCLIPPED = { clipLow: 1, clipHigh: Number.MAX_VALUE, dualClip: 0 };

/** The rule. */
export const isTouchesKl: Rule = {
  code: 'is-touches-kl',
  severity: 'info',
  sentence:
    'The importance weight against the sampler multiplies the KL penalty as well as the policy gradient.',
  signature:
    'The logged weights are ρ times the sum of both terms, where ρ times the policy term plus the penalty is declared.',
  formula: String.raw`w_t = c_i\,\rho_t\,(A_ir_t - \beta k'_t) \quad\text{instead of}\quad c_i\,(\rho_tA_ir_t - \beta k'_t)`,
  advice: 'Either is in use; say which one a result was made with.',
  threshold: CONTEST_THRESHOLD,
  rate: 1e-6,
  source: 'ms-swift#8321',
  needs: ['weights', 'samplerLogProbs', 'refLogProbs', 'objective'],
  silent: (setting) =>
    correctionLevel(setting) === undefined
      ? 'the objective has no correction for the sampler'
      : noPenaltyInLoss(setting),
  watch: (setting) =>
    formContest(setting, {
      tried: CORRECTIONS_TRIED,
      message: 'the logged weights hold the correction for the sampler on the KL penalty too',
      form(view) {
        const kl = view.terms?.kl;
        const corrected = reweigh(view, setting, { options: UNCLIPPED })?.policy;
        const plain = uncorrectedTerms(view, setting, UNCLIPPED)?.policy;
        if (view.terms === undefined || kl === undefined || corrected === undefined || plain === undefined)
          return undefined;
        // Where the advantage is 0, nothing tells the correction.
        if (plain.every((w) => w === 0)) return undefined;
        return klForm(view, setting, [
          view.terms.policy,
          kl.map((w, t) => (plain[t] === 0 ? w : (w * corrected[t]!) / plain[t]!)),
        ]);
      },
    }),
};
