// A divisor that is the width of the padded batch.
import { divisorRule } from '../divisorRule.ts';

/** The rule `padded-divisor`. */
export const paddedDivisor = divisorRule({
  code: 'padded-divisor',
  severity: 'error',
  sentence:
    'The divisor is the width of the padded batch, so that one long trajectory makes all weights of its batch smaller.',
  signature:
    'Logged weights are those of 1/(B·width), the width being the longest line of the batch or its longest response.',
  formula: String.raw`w_t=\frac{A\,r_t}{B\cdot\max_iT_i}`,
  advice:
    'Divide by a constant that is the same in every batch, such as the largest length that is allowed, or by the number of tokens with mask 1.',
  source: 'verl#4360, SkyRL#462',
});
