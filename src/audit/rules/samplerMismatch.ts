// Trainer and sampler disagree about the probability of drawn tokens by more than their numerics explain.
import { causeWatch } from '../mismatch/causeWatch.ts';
import { CALIBRATED } from '../mismatch/falseAlarms.ts';
import { MOST_OFF } from '../mismatch/mismatch.ts';
import type { Rule } from '../rule.ts';

/** `sampler-mismatch`. */
export const samplerMismatch: Rule = {
  code: 'sampler-mismatch',
  severity: 'warning',
  sentence:
    'The log-probs of the sampler differ from those of the trainer by more than two sound engines do.',
  signature:
    'With d = trainer − sampler log-prob, e^d is outside [0.9, 1.1] for far more than the usual 7.5 % of the tokens, and no known cause has this form.',
  formula: String.raw`d_t=\log\pi_t-\log\mu_t,\qquad\Pr\big(e^{d_t}\notin[0.9,1.1]\big)\le2\cdot7.5\,\%`,
  advice:
    'Compare precision, attention kernels, weights and chat template of the two engines on one prompt; until then correct with importance weights (TIS) or mask (IcePop).',
  threshold:
    'Null: at most 15 % of tokens are off, twice the share of a sound pair of engines; the share is normal with an error by trajectories, rate 10⁻⁴. Where the file has no log-probs at the start of the step, updates may be the reason, and the finding is an info.',
  rate: 1e-4,
  material:
    'Twice the 7.5 % of tokens beyond a tenth that two sound engines show: what is below is the price of separate engines, what is above has a cause that can be found.',
  source: 'trl#6789',
  needs: ['samplerLogProbs', ['logProbs', 'oldLogProbs']],
  watch: () =>
    causeWatch({
      cause: 'sampler-mismatch',
      isPart: (trainer, sampler) => trainer - sampler < CALIBRATED.low || trainer - sampler > CALIBRATED.high,
      describe(mismatch) {
        const { off, mean, tokens } = mismatch.numbers();
        const since = mismatch.isFromStart ? '' : '; updates since the drawing are part of that';
        return {
          message: `${(100 * off.value).toFixed(1)} % of ${tokens} tokens have a ratio of trainer to sampler outside [0.9, 1.1]; 7.5 % are usual${since}`,
          evidence: { share: off.value, error: off.error, meanDifference: mean.value, tokens },
          threshold: MOST_OFF,
          severity: mismatch.isFromStart ? 'warning' : 'info',
        };
      },
    }),
};
