// A divisor that counts tokens which are masked out.
import { divisorRule } from '../divisorRule.ts';

/** The rule `mask-counts-all`. */
export const maskCountsAll = divisorRule({
  code: 'mask-counts-all',
  severity: 'error',
  sentence:
    'The divisor counts tool tokens and others that carry no gradient, so that trajectories with many of them weigh less.',
  signature:
    'Logged weights are those of a divisor which counts all tokens behind the prompt instead of those with mask 1.',
  formula: String.raw`w_t=\frac{A\,r_t}{\sum_j|o_j|}\quad\text{instead of}\quad\frac{A\,r_t}{\sum_j\sum_tm_{jt}}`,
  advice: 'Divide by the sum of the mask that multiplies the loss.',
  source: 'slime#365, SkyRL#462, verl#5417',
});
