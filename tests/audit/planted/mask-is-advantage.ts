// Advantages in the place of the mask.
import { reweighted } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'mask-is-advantage',
  severity: 'error',
  setting: { objective: 'dapo' },
  alter: (clean) => reweighted(clean, ({ advantage }) => Number(advantage)),
};
