// A mask of 1 on all tool tokens.
import { rescaled, roleOf } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'tool-tokens-trained',
  severity: 'error',
  setting: { toolRate: 0.05 },
  alter: (clean) =>
    rescaled(clean, ({ mask, roles }) => ({
      mask: mask.map((m, t) => (roles[t] === roleOf('tool') ? 1 : m)),
    })),
};
