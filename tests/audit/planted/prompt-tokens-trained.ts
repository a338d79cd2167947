// A mask of 1 on all prompt tokens.
import { rescaled, roleOf } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'prompt-tokens-trained',
  severity: 'error',
  setting: {},
  alter: (clean) =>
    rescaled(clean, ({ mask, roles }) => ({
      mask: mask.map((m, t) => (roles[t] === roleOf('prompt') ? 1 : m)),
    })),
};
