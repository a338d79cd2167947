// A limit of length that cuts answers off.
import { simulate } from '../../../src/audit/simulator/index.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'truncated-trained',
  severity: 'info',
  setting: { objective: 'dapo', maxLength: 1000 },
  alter: ({ setting }) => simulate({ ...setting, maxLength: 30 }),
};
