// A benchmark result as CSV, one line a case.
import type { BenchResult } from './result.ts';

function field(value: string | number): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Header and one line a case; numbers with full precision, samples left to the JSON. */
export function benchCsv(result: BenchResult): string {
  const header = ['suite', 'name', 'unit', 'value', 'ci95Low', 'ci95High', 'samples', 'ofCeiling'];
  const context = ['build', 'cpu', 'node', 'threads', 'ceilingGflops', 'warnings'];
  const lines = result.results.map((r) => [
    ...[r.suite, r.name, r.unit, r.value, r.ci95[0], r.ci95[1], r.samples.length, r.ofCeiling],
    ...[result.build, result.machine.cpu, result.machine.node, result.machine.threads],
    ...[result.ceiling.gflops, r.warnings.join(' | ')],
  ]);
  return [[...header, ...context], ...lines].map((line) => `${line.map(field).join(',')}\n`).join('');
}
