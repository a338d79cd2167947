// The sampler stored the log-probability of the most probable token where another one was drawn.
import { causeWatch } from '../mismatch/causeWatch.ts';
import type { Rule } from '../rule.ts';

/** `sampled-logprob-wrong`. */
export const sampledLogprobWrong: Rule = {
  code: 'sampled-logprob-wrong',
  severity: 'error',
  sentence: 'The sampler’s log-probs are those of the most probable token, not of the one that was drawn.',
  signature:
    'd = trainer − sampler log-prob is far below 0 for many tokens that are unlikely, almost never far above, and small where the token is likely.',
  formula: String.raw`d_t=\log\pi(a_t)-\max_v\log\mu(v)\le0,\qquad\pi(a_t)+\max_v\mu(v)\le1\ \text{unless}\ a_t\ \text{is the top token}`,
  advice:
    'Take the log-prob by the id of the drawn token, not the first entry of the list that the engine returns.',
  threshold:
    'Null: outliers on both sides are as probable. Their difference is normal with rate 10⁻⁴; at least 20 % of the tokens below 0.4 are off by more than a factor of two, at most 5 % as many on the other side, and likely tokens are no more off than twice the calibrated 7.5 %.',
  rate: 1e-4,
  material:
    'A factor of two on a fifth of the unlikely tokens, and a twentieth of that on the other side: then ratios of tokens that matter most are wrong, in one direction, which no noise has.',
  source: 'NeMo-RL#3297',
  needs: ['samplerLogProbs', ['logProbs', 'oldLogProbs']],
  watch: () =>
    causeWatch({
      cause: 'sampled-logprob-wrong',
      isPart: (trainer, sampler) => trainer - sampler < -Math.LN2,
      describe(mismatch) {
        const { unlikely, below, above } = mismatch.numbers();
        return {
          message: `${below} of ${unlikely} tokens that the trainer gives less than 0.4 are more than twice as likely to the sampler, and ${above} less than half`,
          evidence: { unlikely, below, above, share: below / unlikely },
          threshold: 0.2,
        };
      },
    }),
};
