// is-on-sum: the trainer adds up log-ratios over the sequence before it takes the importance weight.
import { trainedWith } from './trained.ts';

const given = { mismatch: 0.075, miniBatches: 2, lag: 0 };
const bySequence = { samplerLevel: 'sequence' };

/** Truncated, and masked. */
export const isOnSum = trainedWith('is-on-sum', 'error', { ...given, objective: 'tis' }, bySequence);
export const isOnSumMasked = trainedWith('is-on-sum', 'error', { ...given, objective: 'icepop' }, bySequence);
