// What a counter-example shows: both sides of each statement that was put to it, and how far they are apart.
import type { VerifyDocument } from '../../documents/verify.ts';
import { formatNumber } from '../format.ts';
import { paragraph, safe } from './layout.ts';
import type { Palette } from './palette.ts';

type Gap = NonNullable<VerifyDocument['gaps']>[number];

const DIGITS = 12;

function sides({ left, right, gap, exact, entry, reason }: Gap): string {
  if (reason !== undefined) return reason;
  const shown = exact ?? {
    left: formatNumber(left!, DIGITS),
    right: formatNumber(right!, DIGITS),
    gap: formatNumber(gap!, DIGITS),
  };
  return `entry ${entry}: left is ${shown.left}, right is ${shown.right}, gap ${shown.gap}`;
}

const WHERE: Readonly<Record<Gap['symbols'], string>> = {
  none: '',
  file: '',
  drawn: ' (further numbers drawn)',
};

function lines(one: Gap, palette: Palette): string {
  const { claim, statement, mistake, symbols, gap } = one;
  const title = `${claim === undefined ? '' : `${claim} `}${safe(statement)}${WHERE[symbols]}`;
  const found = gap === undefined || gap === 0 ? sides(one) : palette.yellow(sides(one));
  return [
    paragraph(title, 2, palette),
    ...(mistake === undefined ? [] : [paragraph(mistake, 6, palette)]),
    `      ${found}`,
  ].join('\n');
}

/** Both sides of the statements that were put to a policy; empty if there are none. */
export function gapsTable(gaps: readonly Gap[], palette: Palette): string {
  if (gaps.length === 0) return '';
  return ['', palette.bold('on this policy:'), ...gaps.map((one) => lines(one, palette))].join('\n');
}
