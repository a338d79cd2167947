// A mask that is one token early.
import { rescaled } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'mask-off-by-one-padding',
  severity: 'error',
  setting: { isPadded: true },
  alter: (clean) => rescaled(clean, ({ mask }) => ({ mask: mask.map((_, t) => mask[t + 1] ?? 0) })),
};
