// A constant divisor that is the width of the padded batch.
import { reweighted } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'padded-divisor',
  severity: 'error',
  setting: { objective: 'drGrpo', options: { maxLength: 400 }, maxLength: 400, steps: 4 },
  alter: (clean) => reweighted(clean, (_, all) => 400 / Math.max(...all.map(({ length }) => length))),
};
