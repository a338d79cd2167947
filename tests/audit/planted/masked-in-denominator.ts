// Tokens of trajectories that are masked out as a whole count in the divisor.
import { lengthOf, rescaled, responseOf, reweighted, sum } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'masked-in-denominator',
  severity: 'warning',
  setting: { objective: 'dapo', steps: 2 },
  // Whole groups, so that what is masked out shifts no baseline.
  prepare: (simulated) =>
    rescaled(simulated, ({ mask }, i) => (i % 24 < 8 ? { mask: mask.map(() => 0) } : {})),
  alter: (clean) =>
    reweighted(clean, (_, all) => {
      const masked = all.filter((t) => lengthOf(t) === 0);
      const tokens = sum(all.map(lengthOf));
      return tokens / (tokens + sum(masked.map(responseOf)));
    }),
};
