// A line break behind every end token, with mask 1.
import { rescaled, roleOf } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'template-tokens-trained',
  severity: 'warning',
  setting: { isPadded: true, prompts: 8 },
  alter: (clean) =>
    rescaled(clean, (t) => {
      const at = t.roles.indexOf(roleOf('pad'));
      if (at < 0 || t.roles[at - 1] !== roleOf('eos')) return {};
      const put = <A extends Float64Array | Int32Array | Uint8Array>(array: A, value: number): A => {
        const copy = array.slice() as A;
        copy[at] = value;
        return copy;
      };
      return {
        ids: put(t.ids!, 77),
        tokens: t.tokens!.with(at, 'w77'),
        roles: put(t.roles, roleOf('sample')),
        mask: put(t.mask, 1),
        logProbs: put(t.logProbs!, -1e-4),
        oldLogProbs: put(t.oldLogProbs!, -1e-4),
        refLogProbs: put(t.refLogProbs!, -1e-4),
        samplerLogProbs: put(t.samplerLogProbs!, -1e-4),
      };
    }),
};
