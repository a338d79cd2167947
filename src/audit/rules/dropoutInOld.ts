// The old log-probs were computed with dropout on: they are the odd ones out of three.
import { causeWatch } from '../mismatch/causeWatch.ts';
import { LEAST_VARIANCE } from '../mismatch/oddOne.ts';
import type { Rule } from '../rule.ts';

/** `dropout-in-old`. */
export const dropoutInOld: Rule = {
  code: 'dropout-in-old',
  severity: 'warning',
  sentence:
    'The log-probs at the start of the step carry noise that neither the trained policy nor the sampler has, as from dropout.',
  signature: 'log π_old − log π and log π_old − log μ move together, and far more than log π − log μ does.',
  formula: String.raw`\operatorname{Cov}(\log\pi_{\text{old}}-\log\pi,\ \log\pi_{\text{old}}-\log\mu)=\operatorname{Var}(\text{noise of old})`,
  advice: 'Put the model into evaluation mode for old log-probs, or set every dropout rate to 0.',
  threshold:
    'Null: old is the policy that drew, so that the sampler’s noise and the later updates are independent and the covariance is 0. It is normal with an error by trajectories, rate 10⁻⁴; its root is at least 0.1, twice the calibrated noise, and it is above the variance of log π − log μ.',
  rate: 1e-4,
  material: 'A standard deviation of 0.1: ratios are off by 10 % from noise alone, half of a usual clip.',
  source: 'verl#4708',
  needs: ['logProbs', 'oldLogProbs', 'samplerLogProbs'],
  watch: () =>
    causeWatch({
      cause: 'dropout-in-old',
      describe(mismatch) {
        const { sd = 0, between = 0, mean = 0, error = 0 } = mismatch.noise() ?? {};
        return {
          message: `old log-probs have noise of their own with a standard deviation of ${sd.toFixed(3)}; trained policy and sampler differ by ${between.toFixed(3)}`,
          evidence: { sd, between, meanDifference: mean, error },
          threshold: Math.sqrt(LEAST_VARIANCE),
        };
      },
    }),
};
