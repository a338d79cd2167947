// Long answers that fail, under a token mean.
import { lengthOf, rescaled } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'length-drift',
  severity: 'info',
  setting: { objective: 'dapo', prompts: 12 },
  alter: (clean) =>
    rescaled(clean, (t) => ({ reward: lengthOf(t) > 30 ? 0 : 1, correct: lengthOf(t) <= 30 })),
};
