// A mask of 0 on the end token.
import { rescaled, roleOf } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'eos-untrained',
  severity: 'warning',
  setting: {},
  alter: (clean) =>
    rescaled(clean, ({ mask, roles }) => ({
      mask: mask.map((m, t) => (roles[t] === roleOf('eos') ? 0 : m)),
    })),
};
