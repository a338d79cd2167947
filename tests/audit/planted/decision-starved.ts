// A mask of 0 on decisions.
import { rescaled, roleOf } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'decision-starved',
  severity: 'warning',
  setting: { objective: 'dapo', attempts: 3 },
  alter: (clean) =>
    rescaled(clean, ({ mask, roles }) => ({
      mask: mask.map((m, t) => (roles[t] === roleOf('decision') ? 0 : m)),
    })),
};
