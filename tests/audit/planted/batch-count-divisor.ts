// The number of trajectories as the divisor of a token mean.
import { lengthOf, reweighted, sum } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'batch-count-divisor',
  severity: 'warning',
  setting: { objective: 'dapo', steps: 3 },
  alter: (clean) => reweighted(clean, (_, all) => sum(all.map(lengthOf)) / all.length),
};
