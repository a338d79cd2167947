// A log-probability above 0: a sentinel such as 1.0 that was never replaced, or no log-probability at all.
import { addRuns } from '../mismatch/runs.ts';
import { LOG_PROBS, ROUNDING } from '../mismatch/tokens.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** `logprob-positive`. */
export const logprobPositive: Rule = {
  code: 'logprob-positive',
  severity: 'error',
  sentence: 'A trained token has a log-probability above 0, which no probability has.',
  signature:
    'Any log-prob of a token with mask 1 is above 0 by more than rounding, such as a sentinel of 1.0.',
  formula: String.raw`\log\pi_t=\log p_t\le0\quad\text{since}\quad p_t\le1`,
  advice:
    'Find out who writes this value: a sentinel for a missing number has to be masked before it meets a ratio.',
  threshold:
    'Above 2⁻¹⁰: the difference of two float32 numbers below 2¹³ is rounded by no more, so that rounding never lifts a log-prob above it.',
  rate: 0,
  source: 'trl#6121; Flash-RL#19',
  needs: [LOG_PROBS],
  watch() {
    const spans = new SpanList();
    let tokens = 0;
    let largest = 0;
    let named = '';
    return {
      first(trajectory) {
        for (const field of LOG_PROBS) {
          const values = trajectory[field];
          if (values === undefined) continue;
          tokens += addRuns(spans, trajectory, (t) => {
            const value = values[t]!;
            if (trajectory.mask[t] === 0 || !(value > ROUNDING) || value === Number.POSITIVE_INFINITY)
              return false;
            if (value > largest) [largest, named] = [value, field];
            return true;
          });
        }
      },
      judge: () =>
        tokens === 0
          ? []
          : [
              {
                message: `${tokens} trained tokens have a log-prob above 0; the largest is ${largest} in ${named}`,
                evidence: { tokens, largest, field: named },
                threshold: ROUNDING,
                spans: spans.spans,
              },
            ],
    };
  },
};
