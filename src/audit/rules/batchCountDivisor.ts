// A divisor that is the number of trajectories, where a token mean was declared.
import { divisorRule } from '../divisorRule.ts';

/** The rule `batch-count-divisor`. */
export const batchCountDivisor = divisorRule({
  code: 'batch-count-divisor',
  severity: 'warning',
  sentence:
    'The divisor is the number of trajectories and not that of tokens, so that the size of a step follows the lengths of the batch.',
  signature:
    'Logged weights times the number of trajectories of the batch do not depend on its tokens, under a declared token mean.',
  formula: String.raw`w_t=\frac{A\,r_t}{B}\quad\text{instead of}\quad\frac{A\,r_t}{\sum_jL_j}`,
  advice:
    'Divide by the number of tokens with mask 1 in the batch, or declare the aggregation sequenceSum if that is what is meant.',
  source: 'prime-rl#2034, prime-rl#1961',
});
