// cispo-cap: the trainer takes ε for the cap itself.
import { trainedWith } from './trained.ts';

const given = { objective: 'cispo', options: { clipHigh: 1 } } as const;

/** Declared is the cap 2, and trained 1: the ratios above 1 are all cut. */
export const cispoCap = trainedWith('cispo-cap', 'error', given, { clipHigh: 0 });
