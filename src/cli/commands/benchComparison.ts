// `bench --compare` and `bench --interleave` on a terminal: what got slower or faster.
import type { BenchComparison, Interleaving } from '../../../bench/index.ts';
import { columns, paragraph, safe } from '../../report/tables/layout.ts';
import type { Palette } from '../../report/tables.ts';

type Compared = BenchComparison['cases'][number];

/** A line a case: the ratio of speeds, its interval, and in colour what it means. */
function ratioTable(cases: readonly Compared[], head: string, palette: Palette): string {
  const paint = { loss: palette.red, gain: palette.green, same: palette.dim };
  return columns(
    [
      ['suite', 'left'],
      ['case', 'left'],
      [head, 'right'],
      ['95 %', 'right', { drop: 1 }],
      ['', 'left'],
    ],
    cases.map(({ suite, name, ratio, ci95, verdict }) => [
      safe(suite),
      safe(name),
      ratio.toFixed(3),
      `${ci95[0].toFixed(3)} – ${ci95[1].toFixed(3)}`,
      paint[verdict](verdict),
    ]),
    palette,
  );
}

function ending(losses: number, cases: number, palette: Palette): string {
  return losses > 0 ? palette.red(`${losses} of ${cases} cases lost`) : `no loss in ${cases} cases`;
}

/** The comparison with a baseline as text, losses in red. */
export function comparisonText(comparison: BenchComparison, palette: Palette): string {
  const { cases, losses, missing, notes } = comparison;
  return [
    ratioTable(cases, 'now/baseline', palette),
    ...notes.map((note) => paragraph(safe(note), 0, palette)),
    ...(missing.length > 0 ? [paragraph(safe(`not run now: ${missing.join(', ')}`), 0, palette)] : []),
    ending(losses.length, cases.length, palette),
  ].join('\n');
}

/** Two builds in turn as text. */
export function interleavingText({ builds, cases, losses, missing }: Interleaving, palette: Palette): string {
  return [
    palette.dim(
      paragraph(
        `this build (${safe(builds[0])}) against the other (${safe(builds[1])}), speeds in turn`,
        0,
        palette,
      ),
    ),
    ratioTable(cases, 'this/other', palette),
    ...(missing.length > 0
      ? [paragraph(safe(`not in the other build: ${missing.join(', ')}`), 0, palette)]
      : []),
    ending(losses.length, cases.length, palette),
  ].join('\n');
}
