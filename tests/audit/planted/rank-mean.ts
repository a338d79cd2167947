// The mean over ranks of the token mean of each.
import { lengthOf, reweighted, sum } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'rank-mean',
  severity: 'error',
  setting: { objective: 'dapo', ranks: 4 },
  alter: (clean) =>
    reweighted(clean, (t, all) => {
      const own = all.filter(({ rank }) => rank === t.rank);
      const count = new Set(all.map(({ rank }) => rank)).size;
      return sum(all.map(lengthOf)) / (count * sum(own.map(lengthOf)));
    }),
};
