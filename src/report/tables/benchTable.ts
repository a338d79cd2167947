// `bench` on a terminal: every figure with its interval and, beside it, the ceiling of this machine.
import type { KernelsInfo } from '../../documents/kernels.ts';
import { count, formatNumber } from '../format.ts';
import { backendText } from './gpuTable.ts';
import { type Column, columns, paragraph, safe } from './layout.ts';
import { type Palette, plainPalette } from './palette.ts';

/** What the table shows of a gradsplit/bench@1 document. */
export interface BenchDocument {
  readonly machine: { readonly cpu: string; readonly node: string; readonly threads: number };
  readonly build: string;
  readonly kernels?: KernelsInfo;
  readonly ceiling: { readonly gflops: number; readonly how: string };
  readonly results: readonly {
    readonly suite: string;
    readonly name: string;
    readonly unit: string;
    readonly value: number;
    readonly ci95: readonly [low: number, high: number];
    readonly samples: readonly number[];
    readonly ofCeiling: number;
    readonly peers: Readonly<Record<string, { readonly value: number }>>;
    readonly warnings: readonly string[];
  }[];
}

type Case = BenchDocument['results'][number];

/** A measured value: four digits are more than its interval is worth. */
function figure(value: number): string {
  return formatNumber(value, 4);
}

/** `87 %`, `8.2 %`; a dash for what is not a number. */
export function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %` : '–';
}

/** Units of which less is better: there the ceiling is a floor. */
const LESS_IS_BETTER: readonly string[] = ['ratio', 'MiB'];

/** The limit in the row's unit: the best sample was `ofCeiling` of it, or the value the reciprocal. */
function limit({ unit, value, samples, ofCeiling }: Case): number {
  return LESS_IS_BETTER.includes(unit) ? value * ofCeiling : Math.max(...samples) / ofCeiling;
}

function caseRow(result: Case, peers: readonly string[]): string[] {
  const { suite, name, unit, value, ci95, ofCeiling } = result;
  return [
    safe(suite),
    safe(name),
    figure(value),
    safe(unit),
    `± ${formatNumber((ci95[1] - ci95[0]) / 2, 2)}`,
    formatNumber(limit(result), 3),
    formatPercent(ofCeiling),
    ...peers.map((peer) => (Object.hasOwn(result.peers, peer) ? figure(result.peers[peer]!.value) : '–')),
  ];
}

/** What a warning says whatever the numbers and the suite in it. */
function kindOf(warning: string): string {
  return warning.replace(/\d+(\.\d+)?/g, '0').replace(/"gradsplit bench \w+"/g, '"gradsplit bench"');
}

/** One line a kind of warning; of several cases the first one is named, and its numbers. */
function warningLines(results: readonly Case[]): string[] {
  const kinds = new Map<string, { readonly where: string; readonly warning: string }[]>();
  for (const { suite, name, warnings } of results) {
    for (const warning of warnings) {
      const kind = kindOf(warning);
      kinds.set(kind, [...(kinds.get(kind) ?? []), { where: `${suite} ${name}`, warning }]);
    }
  }
  return [...kinds.values()].map(([first, ...others]) => {
    const { where, warning } = first!;
    const more = others.length === 0 ? '' : ` and ${count(others.length, 'more case', 'more cases')}`;
    return `warning: ${where}${more}: ${safe(warning)}`;
  });
}

/** The document as text: one line per case, with warnings below. Higher values are better, except for the units `ratio` and `MiB`. */
export function benchTable(document: BenchDocument, palette: Palette = plainPalette): string {
  const { machine, build, kernels, ceiling, results } = document;
  const peers = [...new Set(results.flatMap((result) => Object.keys(result.peers)))];
  const about = [
    `${safe(machine.cpu)}, node ${safe(machine.node)}, ${machine.threads} ${machine.threads === 1 ? 'thread' : 'threads'}, ${safe(build)} build`,
    ...(kernels?.gpu === undefined ? [] : [`kernels ${backendText(kernels)}`]),
    `ceiling of this machine: ${figure(ceiling.gflops)} GFLOP/s (${safe(ceiling.how)})`,
  ];
  const head = about.map((line) => paragraph(line, 0, palette)).join('\n');
  const table = columns(
    [
      ['suite', 'left', { drop: 2 }],
      ['case', 'left'],
      ['value', 'right'],
      ['unit', 'left'],
      ['95 %', 'right', { drop: 1 }],
      ['ceiling', 'right', { drop: 3 }],
      ['of ceiling', 'right'],
      ...peers.map((peer): Column => [safe(peer), 'right']),
    ],
    results.map((result) => caseRow(result, peers)),
    palette,
  );
  const warnings = warningLines(results).map((text) => palette.yellow(paragraph(text, 0, palette)));
  return [palette.dim(head), table, ...(warnings.length === 0 ? [] : [warnings.join('\n')])].join('\n\n');
}
