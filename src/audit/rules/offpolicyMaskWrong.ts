// offpolicy-mask-wrong: sequences are masked by their distance from the old policy, not from the sampler.
import { CONTEST_THRESHOLD } from '../alternatives.ts';
import { formContest } from '../formContest.ts';
import { klForm, reweigh, termList } from '../reweigh.ts';
import type { Rule } from '../rule.ts';
import { optionOf } from '../setting.ts';

/** The rule. */
export const offpolicyMaskWrong: Rule = {
  code: 'offpolicy-mask-wrong',
  severity: 'error',
  sentence:
    'Bad sequences are masked by their distance from the old policy of the trainer, which leaves out the difference between sampler and trainer.',
  signature:
    'Trajectories with A < 0 carry weight although the mean of log π_sampler − log π is above the threshold, as they would if it were log π_old − log π.',
  formula: String.raw`\frac1{L}\sum_t\log\frac{\pi_{\text{old},t}}{\pi_t} > \delta \quad\text{instead of}\quad \frac1{L}\sum_t\log\frac{\pi_{\text{sampler},t}}{\pi_t} > \delta`,
  advice: 'Pass the log-probs of the sampler to the mask.',
  threshold: CONTEST_THRESHOLD,
  rate: 1e-6,
  source: 'trl#4857',
  needs: ['weights', 'samplerLogProbs', 'logProbs', 'objective'],
  silent: (setting) =>
    optionOf(setting, 'offPolicyThreshold') === undefined
      ? 'the objective does not mask sequences by their distance'
      : undefined,
  watch: (setting) =>
    formContest(setting, {
      tried: 1,
      message: 'the logged weights are those of a mask by the distance from the old policy',
      form(view) {
        const terms = reweigh(view, setting, {
          batch: ({ oldLogProb }) => ({ samplerLogProb: oldLogProb }),
        });
        return terms === undefined ? undefined : klForm(view, setting, termList(terms));
      },
    }),
};
