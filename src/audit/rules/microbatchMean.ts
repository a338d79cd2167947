// A mean over micro-batches of their means, where the mean over the batch was declared.
import { divisorRule } from '../divisorRule.ts';

/** The rule `microbatch-mean`. */
export const microbatchMean = divisorRule({
  code: 'microbatch-mean',
  severity: 'error',
  sentence:
    'Each micro-batch is divided by its own tokens, so that a token weighs more in a micro-batch with few of them.',
  signature:
    'Logged weights are those of the mean over micro-batches of the mean within each, and not those of one mean over the batch.',
  formula: String.raw`w_t=\frac{A\,r_t}{K\,N_{k(i)}}\quad\text{instead of}\quad\frac{A\,r_t}{\sum_kN_k}`,
  advice:
    'Divide sums of micro-batches by the number of tokens of the whole batch, which all of them must be told before the first backward pass.',
  source: 'trl#3021, verl#5641',
  needs: ['microbatch'],
});
