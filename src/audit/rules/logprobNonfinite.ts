// A log-probability of a trained token that is NaN or infinite.
import { badNumbers, nonfiniteWatch } from '../mismatch/nonfinite.ts';
import { LOG_PROBS } from '../mismatch/tokens.ts';
import type { Rule } from '../rule.ts';

/** `logprob-nonfinite`. */
export const logprobNonfinite: Rule = {
  code: 'logprob-nonfinite',
  severity: 'error',
  sentence: 'A trained token has a log-probability that is NaN or infinite, and so has the loss.',
  signature: 'A log-prob of a token with mask 1 was written as NaN, or is ±∞.',
  formula: String.raw`r_t=e^{\log\pi_t-\log\pi_{\text{old},t}}\in\{0,\infty,\mathrm{NaN}\}`,
  advice:
    'Look for a drawn token outside of the set that the trainer masks its logits to, an overflow in half precision, or a division by a temperature of 0.',
  threshold: 'None: a single such number is enough, and rounding makes none.',
  rate: 0,
  source: 'trl#6121',
  needs: [LOG_PROBS],
  watch: () =>
    nonfiniteWatch(
      (trajectory) => badNumbers(trajectory, (t) => trajectory.mask[t] === 1),
      (tokens, field) =>
        `${tokens} trained tokens have a log-prob that is no finite number, the first one in ${field}`,
    ),
};
