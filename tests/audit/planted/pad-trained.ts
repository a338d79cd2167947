// A mask of 1 on all pad tokens.
import { rescaled, roleOf } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'pad-trained',
  severity: 'error',
  setting: { isPadded: true },
  alter: (clean) =>
    rescaled(clean, ({ mask, roles }) => ({
      mask: mask.map((m, t) => (roles[t] === roleOf('pad') ? 1 : m)),
    })),
};
