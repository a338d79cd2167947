// A division by the length of each trajectory under a declared token mean.
import { rescaled } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'length-bias',
  severity: 'warning',
  setting: { objective: 'dapo' },
  alter: (clean) => rescaled(clean, () => ({}), { options: { aggregation: 'sequenceMean' } }),
};
