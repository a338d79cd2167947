// `bench --compare` as text: every case beside the baseline, as shares of each run's own ceiling.
import type { BenchComparison } from '../../../bench/index.ts';
import { columns, safe } from '../../report/tables/layout.ts';
import type { Palette } from '../../report/tables.ts';

/** The comparison as text, losses in red. */
export function comparisonText(comparison: BenchComparison, palette: Palette): string {
  const { cases, losses, missing, notes } = comparison;
  const paint = { loss: palette.red, gain: palette.green, same: palette.dim };
  const table = columns(
    [
      ['suite', 'left'],
      ['case', 'left'],
      ['now/baseline', 'right'],
      ['95 %', 'right'],
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
  return [
    table,
    ...notes.map(safe),
    ...(missing.length > 0 ? [safe(`not run now: ${missing.join(', ')}`)] : []),
    losses.length > 0
      ? palette.red(`${losses.length} of ${cases.length} cases lost`)
      : `no loss in ${cases.length} cases`,
  ].join('\n');
}
