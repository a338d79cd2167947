// is-ignored: the log-probs of the sampler do not reach the loss.
import { trainedWith } from './trained.ts';

/** A noisy sampler, and a trainer that takes its log-probs for those of the old policy. */
const given = { mismatch: 0.075, miniBatches: 2, lag: 0 };
const blind = (t: { oldLogProbs?: Float64Array }) => ({ samplerLogProbs: t.oldLogProbs! });

/** A correction by token, truncated and masked. */
export const isIgnored = trainedWith('is-ignored', 'error', { ...given, objective: 'tis' }, {}, blind);
export const isIgnoredMasked = trainedWith(
  'is-ignored',
  'error',
  { ...given, objective: 'icepop' },
  {},
  blind,
);

/** One for whole sequences. */
export const isIgnoredBySequence = trainedWith(
  'is-ignored',
  'error',
  { ...given, objective: 'tis', options: { samplerLevel: 'sequence' } },
  {},
  blind,
);
