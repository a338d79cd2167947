// The sampler drew from a part of the vocabulary (top-p, top-k, min-p) and its log-probs are those of that part.
import { causeWatch } from '../mismatch/causeWatch.ts';
import { KEPT } from '../mismatch/mismatch.ts';
import type { Rule } from '../rule.ts';

/** `truncated-sampling`. */
export const truncatedSampling: Rule = {
  code: 'truncated-sampling',
  severity: 'warning',
  sentence:
    'The sampler’s log-probs are those after top-p, top-k or min-p; the trainer’s are those of the whole vocabulary.',
  signature: 'The mean of e^d is below 1: it is the probability that the cut kept; d is below 0 on average.',
  formula: String.raw`\mathbb E_\mu\big[\pi_t/\mu_t\big]=\sum_{v\in\text{kept}}\pi(v)<1`,
  advice:
    'Sample with top_p = 1, top_k = −1 and min_p = 0, or give the trainer the kept set, or take the sampler’s log-probs before the cut.',
  threshold:
    'Null: the tokens are drawn from what the sampler says, on the whole vocabulary; then the mean of e^d is 1 whatever the two policies are. Its normal upper limit, with an error by trajectories and rate 10⁻⁴, must be below 0.995, half a percent being what matters.',
  rate: 1e-4,
  material: 'A kept mass below 0.995: more kept mass than that changes ratios by less than half a percent.',
  source: 'trl#6789',
  needs: ['samplerLogProbs', ['logProbs', 'oldLogProbs']],
  watch: () =>
    causeWatch({
      cause: 'truncated-sampling',
      describe(mismatch) {
        const { ratio, mean, tokens } = mismatch.numbers();
        return {
          message: `the mean ratio of trainer to sampler is ${ratio.value.toFixed(4)} ± ${ratio.error.toFixed(4)} over ${tokens} tokens: as if that share of the probability had been kept`,
          evidence: { keptMass: ratio.value, error: ratio.error, meanDifference: mean.value, tokens },
          threshold: KEPT,
        };
      },
    }),
};
