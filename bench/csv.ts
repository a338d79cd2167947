// A benchmark result as CSV, one line a case.
import type { BenchResult, CaseResult } from '../src/documents/bench.ts';

function field(value: string | number): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `tfjs-wasm=12.5 jax-js=9.1` */
function peers(result: CaseResult): string {
  return Object.entries(result.peers)
    .map(([name, { value }]) => `${name}=${value}`)
    .join(' ');
}

/** Header and one line a case; numbers with full precision, the raw samples of a case in one field, with spaces between. */
export function benchCsv(result: BenchResult): string {
  const header = ['suite', 'name', 'unit', 'value', 'ci95Low', 'ci95High', 'samples', 'ofCeiling'];
  const context = ['build', 'cpu', 'node', 'threads', 'ceilingGflops', 'peers', 'warnings'];
  const lines = result.results.map((r) => [
    ...[r.suite, r.name, r.unit, r.value, r.ci95[0], r.ci95[1], r.samples.join(' '), r.ofCeiling],
    ...[result.build, result.machine.cpu, result.machine.node, result.machine.threads],
    ...[result.ceiling.gflops, peers(r), r.warnings.join(' | ')],
  ]);
  return [[...header, ...context], ...lines].map((line) => `${line.map(field).join(',')}\n`).join('');
}
