// A tag at the start of what each tool says, which is how the policy ends its turn.
import { plant } from '../../../src/audit/simulator/index.ts';
import { roleOf } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'eot-untrained',
  severity: 'warning',
  setting: { toolRate: 0.05 },
  alter: (clean) =>
    plant(clean, ({ ids, roles }) => ({
      ids: ids!.map((id, t) => {
        const isFirst = roles[t] === roleOf('tool') && roles[t - 1] !== roleOf('tool');
        return isFirst ? 60 : id === 60 ? 61 : id;
      }),
    })),
};
