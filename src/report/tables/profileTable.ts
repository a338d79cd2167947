// `train --profile` on a terminal: kernels by the time they took.
import type { KernelProfile } from '../../documents/train.ts';
import { formatSeconds, formatShare } from '../format.ts';
import { columns } from './layout.ts';
import type { Palette } from './palette.ts';

/** The profile as text. */
export function profileTable({ seconds, inKernels, kernels }: KernelProfile, palette: Palette): string {
  const rows = kernels.map(({ name, calls, seconds: own, share }) => [
    name,
    String(calls),
    formatSeconds(own),
    formatShare(share, 1),
  ]);
  const table = columns(
    [
      ['kernel', 'left'],
      ['calls', 'right'],
      ['time', 'right'],
      ['of the loop', 'right'],
    ],
    rows,
    palette,
  );
  return `${table}\n\n${formatShare(inKernels, 1)} of ${formatSeconds(seconds)} inside kernels`;
}
