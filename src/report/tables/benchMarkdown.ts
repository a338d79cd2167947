// `bench` results as Markdown, for docs/performance.md: one table per suite, with peers beside our figures.
import { formatNumber } from '../format.ts';
import { type BenchDocument, formatPercent } from './benchTable.ts';
import { markdownTable } from './markdown.ts';

type Case = BenchDocument['results'][number];

/** Four digits are more than a mean is worth. */
function figure(value: number): string {
  return formatNumber(value, 3);
}

/** Our value over the best peer's; a dash where there is none. */
function lead({ value, peers }: Case): string {
  const others = Object.values(peers).map((peer) => peer.value);
  return others.length === 0 ? '–' : `${(value / Math.max(...others)).toFixed(2)}×`;
}

function suiteTable(suite: string, results: readonly Case[]): string {
  const peers = [...new Set(results.flatMap((result) => Object.keys(result.peers)))];
  const compared = peers.length > 0 ? ['× best peer'] : [];
  const heads = [suite, 'value', '95 %', 'unit', 'of ceiling', ...peers, ...compared];
  const rows = results.map((result) => [
    result.name,
    figure(result.value),
    `± ${formatNumber((result.ci95[1] - result.ci95[0]) / 2, 2)}`,
    result.unit,
    formatPercent(result.ofCeiling),
    ...peers.map((peer) => (Object.hasOwn(result.peers, peer) ? figure(result.peers[peer]!.value) : '–')),
    ...(compared.length > 0 ? [lead(result)] : []),
  ]);
  return markdownTable(heads, rows);
}

/** The document as Markdown: the machine, then a table a suite in the order of the run. */
export function benchMarkdown({ machine, build, ceiling, results }: BenchDocument): string {
  const threads = `${machine.threads} ${machine.threads === 1 ? 'thread' : 'threads'}`;
  const head =
    `${machine.cpu}, Node ${machine.node}, ${threads}, build \`${build}\`; ` +
    `ceiling ${figure(ceiling.gflops)} GFLOP/s.\n`;
  const suites = [...new Set(results.map(({ suite }) => suite))];
  return [
    head,
    ...suites.map((suite) =>
      suiteTable(
        suite,
        results.filter((r) => r.suite === suite),
      ),
    ),
  ].join('\n');
}
