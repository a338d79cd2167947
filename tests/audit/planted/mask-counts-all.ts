// A divisor that counts tool tokens.
import { lengthOf, responseOf, reweighted, sum } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'mask-counts-all',
  severity: 'error',
  setting: { objective: 'dapo', toolRate: 0.05, steps: 3 },
  alter: (clean) => reweighted(clean, (_, all) => sum(all.map(lengthOf)) / sum(all.map(responseOf))),
};
