// Labels of decisions that are one token early.
import { plant } from '../../../src/audit/simulator/index.ts';
import { roleOf } from './alter.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'border-shift',
  severity: 'error',
  setting: { objective: 'dapo', attempts: 3 },
  alter: (clean) =>
    plant(clean, ({ roles }) => ({
      roles: roles.map((role, t) => {
        if (roles[t + 1] === roleOf('decision')) return roleOf('decision');
        return role === roleOf('decision') ? roleOf('sample') : role;
      }),
    })),
};
