// Benchmark results as tables for a terminal.
import Table from 'cli-table3';
import type { BenchComparison, BenchResult } from '../../bench/index.ts';

/** No lines, two spaces between columns. */
const BARE = {
  chars: Object.fromEntries(
    [
      'top',
      'top-mid',
      'top-left',
      'top-right',
      'bottom',
      'bottom-mid',
      'bottom-left',
      'bottom-right',
      'left',
      'left-mid',
    ]
      .concat(['mid', 'mid-mid', 'right', 'right-mid'])
      .map((place) => [place, '']),
  ),
  style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [] },
};

function render(head: readonly string[], rightFrom: number, rows: readonly (readonly string[])[]): string {
  const colAligns = head.map((_, i) => (i < rightFrom ? 'left' : 'right') as 'left' | 'right');
  const table = new Table({ ...BARE, chars: { ...BARE.chars, middle: '' }, colAligns, head: [...head] });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function round(value: number): string {
  return value.toPrecision(4);
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}

/** Value, interval, ceiling and ratio of every case, and the warnings below. */
export function benchTable({ machine, build, ceiling, results }: BenchResult): string {
  const rows = results.map((r) => [
    `${r.suite} ${r.name}`,
    round(r.value),
    `${round(r.ci95[0])} – ${round(r.ci95[1])}`,
    round(r.value / r.ofCeiling),
    percent(r.ofCeiling),
    r.unit,
  ]);
  const warnings = results.flatMap((r) => r.warnings.map((w) => `warning: ${r.suite} ${r.name}: ${w}`));
  return [
    render(['case', 'value', '95 % interval', 'ceiling', 'of ceiling', 'unit'], 1, rows),
    '',
    `${machine.cpu}, Node ${machine.node}, ${machine.threads} thread, ${build} build; ceiling ${round(ceiling.gflops)} GFLOP/s: ${ceiling.how}`,
    ...warnings,
  ].join('\n');
}

/** Every case beside the baseline, as shares of each run's own ceiling. */
export function comparisonTable({ cases, losses, missing, notes }: BenchComparison): string {
  const rows = cases.map((c) => [
    `${c.suite} ${c.name}`,
    c.ratio.toFixed(3),
    `${c.ci95[0].toFixed(3)} – ${c.ci95[1].toFixed(3)}`,
    c.verdict,
  ]);
  return [
    '',
    render(['now / baseline, of the ceiling', 'ratio', '95 % interval', 'verdict'], 1, rows),
    '',
    ...notes,
    ...(missing.length > 0 ? [`not run now: ${missing.join(', ')}`] : []),
    losses.length === 0 ? 'no loss' : `${losses.length} of ${cases.length} slower`,
  ].join('\n');
}
