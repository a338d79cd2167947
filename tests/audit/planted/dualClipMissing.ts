// dual-clip-missing: the bound is declared and does not reach the loss.
import { trainedWith } from './trained.ts';

/** Far off policy, where ratios above 1.5 occur. */
export const dualClipMissing = trainedWith(
  'dual-clip-missing',
  'warning',
  { options: { dualClip: 1.5 }, drift: 0.06, lag: 2 },
  { dualClip: 0 },
);
