// What is to be said of a run of `verify` in fractions beside its table.
import type { VerifyResult } from '../../analyses/verify.ts';
import { count } from '../format.ts';
import { paragraph } from './layout.ts';
import type { Palette } from './palette.ts';

/** How many checks have free symbols for log-ratios, and how many have intervals; empty if none have. */
export function exactNote({ claims }: Pick<VerifyResult, 'claims'>, palette: Palette): string {
  const bounds = claims.flatMap(({ checks }) => checks.map(({ bound }) => bound));
  const free = bounds.filter((bound) => bound.includes('free symbols')).length;
  const enclosed = bounds.filter((bound) => bound.startsWith('enclosed')).length;
  const parts = [
    ...(free === 0
      ? []
      : [
          `${count(free, 'check')} ${free === 1 ? 'reads' : 'read'} log-ratios: free symbols in fractions, and enclosed by intervals with their true values`,
        ]),
    ...(enclosed === 0
      ? []
      : [`${count(enclosed, 'check')} ${enclosed === 1 ? 'is' : 'are'} enclosed by intervals alone`]),
  ];
  return parts.length === 0 ? '' : `\n${paragraph(`${parts.join('; ')}.`, 0, palette)}`;
}
