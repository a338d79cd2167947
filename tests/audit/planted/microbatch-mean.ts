// The mean over micro-batches of the token mean of each.
import { lengthOf, reweighted, sum } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'microbatch-mean',
  severity: 'error',
  setting: { objective: 'dapo', microbatch: 4 },
  alter: (clean) =>
    reweighted(clean, (t, all) => {
      const own = all.filter(({ microbatch }) => microbatch === t.microbatch);
      const count = new Set(all.map(({ microbatch }) => microbatch)).size;
      return sum(all.map(lengthOf)) / (count * sum(own.map(lengthOf)));
    }),
};
