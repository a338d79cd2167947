// A sampler's log-probability of exactly 0 on a trained token that the sampler never gave a probability.

import { Mismatch } from '../mismatch/mismatch.ts';
import { addRuns } from '../mismatch/runs.ts';
import { drawingLogProbs, isLogProb, isPlaceholder, SURE } from '../mismatch/tokens.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

/** Nobody cuts more than half of the probability off: a kept mass below this is no reason for a log-prob of 0. */
const HALF = Math.log(0.5);

/** `placeholder-logprob`. */
export const placeholderLogprob: Rule = {
  code: 'placeholder-logprob',
  severity: 'error',
  sentence:
    'A trained token has a log-prob of exactly 0 from the sampler, which did not draw it: the ratio there is the trainer’s whole probability.',
  signature:
    'The sampler’s log-prob is exactly 0.0 at a token with mask 1 that the trainer gives a probability below 0.9.',
  formula: String.raw`\log\mu_t=0\;\Rightarrow\;\pi_t/\mu_t=\pi_t`,
  advice:
    'Mask tokens that were appended, fed back or padded, or compute their log-probs; never fill with 0.',
  threshold:
    'A trainer’s log-prob below −0.1: rounding to 0 needs a probability above 1 − 2⁻²⁴, which is no noise away from 0.9. Where the rest shows truncated sampling, a token may be all that was kept, and the trainer’s log-prob must be below log ½.',
  rate: 0,
  material:
    'A probability of e^{−0.1} = 0.9: from there on the ratio of such a token is off by a tenth or more; a token nearer to 1 is trained as it should be, up to that.',
  source: 'SkyRL#758; SkyRL#1815; Flash-RL#19',
  needs: ['samplerLogProbs', ['logProbs', 'oldLogProbs']],
  watch() {
    const mismatch = new Mismatch();
    const all = { spans: new SpanList(), tokens: 0 };
    const low = { spans: new SpanList(), tokens: 0 };
    let lowest = 0;
    return {
      first(trajectory) {
        const { mask, samplerLogProbs: sampler } = trajectory;
        const trainer = drawingLogProbs(trajectory);
        if (trainer === undefined || sampler === undefined) return;
        mismatch.add(trajectory);
        const isOne = (t: number): boolean =>
          mask[t] === 1 && isLogProb(trainer[t]!) && isPlaceholder(trainer[t]!, sampler[t]!);
        all.tokens += addRuns(all.spans, trajectory, isOne);
        low.tokens += addRuns(low.spans, trajectory, (t) => isOne(t) && trainer[t]! < HALF);
        for (const [t, value] of trainer.entries()) if (isOne(t)) lowest = Math.min(lowest, value);
      },
      judge() {
        const cause = mismatch.cause();
        const isTruncated = cause === 'truncated-sampling';
        const { spans, tokens } = isTruncated ? low : all;
        // A shift leaves a 0 where it has run out of numbers.
        if (tokens === 0 || cause === 'shifted-by-one') return [];
        return [
          {
            message: `${tokens} trained tokens have a sampler's log-prob of exactly 0; the trainer's goes down to ${lowest.toFixed(2)}`,
            evidence: { tokens, lowest },
            threshold: isTruncated ? HALF : SURE,
            spans: spans.spans,
          },
        ];
      },
    };
  },
};
