// The log-probs of trainer and sampler belong to neighbouring tokens.
import { causeWatch } from '../mismatch/causeWatch.ts';
import type { Rule } from '../rule.ts';

/** `shifted-by-one`. */
export const shiftedByOne: Rule = {
  code: 'shifted-by-one',
  severity: 'error',
  sentence: 'The log-probs of the sampler stand one token too early or too late.',
  signature:
    'd = trainer − sampler log-prob is large, and much smaller when one of them is moved by a token.',
  formula: String.raw`\sum_t\big|\log\pi_t-\log\mu_{t\pm1}\big|\le\tfrac12\sum_t\big|\log\pi_t-\log\mu_t\big|`,
  advice:
    'Logits of position t predict token t + 1: shift both sides alike, and mind the token that begins the text.',
  threshold:
    'Null: moving the numbers does not help. Blocks of 16 tokens then win with a probability of at most 1/2 each; the binomial number of those that win is beyond rate 10⁻⁴, and the total distance is halved.',
  rate: 1e-4,
  source: 'trl#2708',
  needs: ['samplerLogProbs', ['logProbs', 'oldLogProbs']],
  watch: () =>
    causeWatch({
      cause: 'shifted-by-one',
      describe(mismatch) {
        const { by = 0, share = 0, factor = 0 } = mismatch.shift() ?? {};
        const side = by === 1 ? 'late' : 'early';
        return {
          message: `the sampler’s log-probs stand one token too ${side}: moved, they are ${factor.toFixed(1)} times nearer to the trainer’s`,
          evidence: { shift: by, factor, shareOfBlocks: share },
          threshold: 2,
        };
      },
    }),
};
