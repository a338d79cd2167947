// metrics.jsonl and metrics.csv of a run: one line per step and, after a resume, no line of a step that was lost.
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricsLine } from '../../documents/train.ts';
import { prepareOutput } from '../../host/output.ts';
import { readText } from '../../host/readFile.ts';
import { systemError } from '../../host/systemError.ts';

const COLUMNS = [
  'step',
  'phase',
  'loss',
  'reward',
  'firstAttempt',
  'stopGivenCorrect',
  'resampleGivenWrong',
  'klToBase',
  'kept',
  'missingErrors',
  'tokensPerSecond',
] as const;

function linesIn(path: string): MetricsLine[] {
  if (!existsSync(path)) return [];
  // The last line of a killed run may be cut; it has no newline behind it.
  return readText(path)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** The lines of a run's metrics.jsonl, oldest first; none if there is no such file. */
export function readMetrics(run: string): MetricsLine[] {
  return linesIn(join(run, 'metrics.jsonl'));
}

/** Drops the lines after a step, and what was cut while it was written. */
export async function keepMetricsUpTo(run: string, step: number): Promise<void> {
  const path = join(run, 'metrics.jsonl');
  const kept = linesIn(path).filter((line) => line.step <= step);
  await prepareOutput(path).write(kept.map((line) => `${JSON.stringify(line)}\n`));
}

/** Adds a line. @throws InputError if it cannot be written */
export function appendMetrics(run: string, line: MetricsLine): void {
  const path = join(run, 'metrics.jsonl');
  try {
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  } catch (error) {
    throw systemError('write', path, error);
  }
}

/** Writes metrics.csv from metrics.jsonl and gives the last line. */
export async function writeMetricsCsv(run: string): Promise<MetricsLine | undefined> {
  const lines = readMetrics(run);
  const rows = lines.map((line) => {
    const { total, sample, decision } = line.gradNorm;
    return [...COLUMNS.map((column) => line[column] ?? ''), total, sample, decision].join(',');
  });
  const header = [...COLUMNS, 'gradNorm', 'gradNormSample', 'gradNormDecision'].join(',');
  await prepareOutput(join(run, 'metrics.csv')).write([header, ...rows].map((row) => `${row}\n`));
  return lines.at(-1);
}
