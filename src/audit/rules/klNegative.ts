// The mean of log π − log π_ref over the rollouts is below 0, which it cannot be if π drew them.
import { CALIBRATED, FALSE_ALARM } from '../mismatch/falseAlarms.ts';
import { Mismatch } from '../mismatch/mismatch.ts';
import { addTrained } from '../mismatch/runs.ts';
import { isLogProb } from '../mismatch/tokens.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** What the sampler's noise may add to a token's log-ratio: half of its variance. */
const ALLOWED = CALIBRATED.sd ** 2 / 2;
/** What updates since the drawing may add, where only the trained policy's log-probs are there: more than steps are allowed to move. */
const ALLOWED_UPDATES = 0.02;

/** `kl-negative`. */
export const klNegative: Rule = {
  code: 'kl-negative',
  severity: 'warning',
  sentence:
    'The estimated KL to the reference is negative: the rollouts are not drawn from the policy whose log-probs are logged.',
  signature:
    'The sum of k1 = log π − log π_ref over all trained tokens is far below 0, and no difference between trainer and sampler explains it.',
  formula: String.raw`\mathbb E_\pi\big[e^{-\sum_t\delta_t}\big]\le1\;\Rightarrow\;\Pr\Big(\sum_t\delta_t\le\log\alpha\Big)\le\alpha`,
  advice:
    'Check that policy and reference are not swapped, that the weights of the sampler are in step, and that both use the prompt that was sampled.',
  threshold:
    'Null: π drew the tokens. The likelihood ratio π_ref/π is then a martingale, and by Markov’s inequality Σδ is below log 10⁻⁴ with a probability of at most 10⁻⁴, whatever depends on what; 0.00125 a token, half the variance of calibrated noise, is allowed on top, and 0.02 where only the trained policy is logged, which updates have moved since.',
  rate: 1e-4,
  source: 'LLaMA-Factory#664',
  needs: ['refLogProbs', ['oldLogProbs', 'samplerLogProbs', 'logProbs']],
  watch() {
    const mismatch = new Mismatch();
    const spans = new SpanList();
    let sum = 0;
    let tokens = 0;
    let allowed = 0;
    return {
      first(trajectory) {
        const { mask, refLogProbs, oldLogProbs, samplerLogProbs, logProbs } = trajectory;
        const policy = oldLogProbs ?? samplerLogProbs ?? logProbs;
        if (refLogProbs === undefined || policy === undefined) return;
        mismatch.add(trajectory);
        let own = 0;
        for (const [t, x] of policy.entries()) {
          const y = refLogProbs[t]!;
          if (mask[t] === 0 || !isLogProb(x) || !isLogProb(y)) continue;
          own += x - y;
          tokens++;
          allowed += policy === logProbs ? ALLOWED_UPDATES : ALLOWED;
        }
        sum += own;
        if (own < 0) addTrained(spans, trajectory);
      },
      judge() {
        const limit = Math.log(FALSE_ALARM) - allowed;
        // A cause that trainer and sampler show has a finding of its own, and makes k1 what it is.
        if (!(sum < limit) || mismatch.cause() !== undefined) return [];
        return [
          {
            message: `the mean of log π − log π_ref over ${tokens} tokens is ${(sum / tokens).toFixed(4)}, and a KL is not negative`,
            evidence: { meanK1: sum / tokens, sum, tokens },
            threshold: limit,
            spans: spans.spans,
          },
        ];
      },
    };
  },
};
