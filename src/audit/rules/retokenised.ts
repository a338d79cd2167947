// Text was tokenised again between sampler and trainer: a few tokens are others than those that were drawn.

import { causeWatch } from '../mismatch/causeWatch.ts';
import { HUGE } from '../mismatch/isolated.ts';
import type { Rule } from '../rule.ts';

/** `retokenised`. */
export const retokenised: Rule = {
  code: 'retokenised',
  severity: 'warning',
  sentence: 'A few tokens are not those that the sampler drew, as after decoding and tokenising again.',
  signature:
    'Isolated tokens whose log-probs under trainer and sampler differ by more than a factor of 20, amid others that agree.',
  formula: String.raw`|\log\pi_t-\log\mu_t|>\log20\quad\text{for few }t`,
  advice:
    'Pass token ids from sampler to trainer; never decode and encode in between. With a mixture of experts compare the routing too.',
  threshold:
    'Null: differences have the tail of Student’s t with 3 degrees of freedom and the scale that 95 % of them show. The number of differences above log 20 is then Poisson; it must be beyond rate 10⁻⁴, and at most 2 % of the tokens.',
  rate: 1e-4,
  material:
    'At most 2 % of the tokens: these are islands that another tokenisation leaves; what is more frequent has another cause and another name.',
  source: 'trl#5144; trl#5224',
  needs: ['samplerLogProbs', ['logProbs', 'oldLogProbs']],
  watch: () =>
    causeWatch({
      cause: 'retokenised',
      isPart: (trainer, sampler) => Math.abs(trainer - sampler) > HUGE,
      describe(mismatch) {
        const { tokens = 0, expected = 0, limit = 0, largest = 0 } = mismatch.outstanding() ?? {};
        const of = mismatch.numbers().tokens;
        return {
          message: `${tokens} of ${of} tokens differ by more than a factor of 20 between trainer and sampler, the others agree`,
          evidence: { tokens, of, expected, largest },
          threshold: limit,
        };
      },
    }),
};
