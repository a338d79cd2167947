// metrics.jsonl and metrics.csv of a run: one line per step and, after a resume, no line of a step that was lost.
import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { parseJson } from '../../base/jsonText.ts';
import { showText } from '../../base/show.ts';
import { parseDocument } from '../../documents/parse.ts';
import { type MetricsLine, metricsSchema } from '../../documents/train.ts';
import { prepareOutput } from '../../host/output.ts';
import { fileHash, readFileText } from '../../host/readFile.ts';
import { systemError } from '../../host/systemError.ts';

const FILE = 'metrics.jsonl';

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

/**
 * The lines of a run's metrics.jsonl as they are written, and as they are read.
 * @throws InputError naming the line that is not one of a run, or not that of a step after the one before
 */
function linesIn(path: string): { readonly text: string; readonly line: MetricsLine }[] {
  if (!existsSync(path)) return [];
  // The last line of a killed run may be cut; it has no newline behind it.
  const texts = readFileText(path).split('\n').slice(0, -1);
  const lines = texts.map((text, i) => {
    const source = `${showText(path)}: line ${i + 1}`;
    return { text, line: parseDocument(metricsSchema, parseJson(text, source), source) };
  });
  lines.forEach(({ line: { step } }, i) => {
    const before = i === 0 ? 0 : lines[i - 1]!.line.step;
    if (step > before) return;
    throw new InputError(`${showText(path)}: line ${i + 1}: expected a step above ${before}, found ${step}`);
  });
  return lines;
}

/** The lines of a run's metrics.jsonl, oldest first; none if there is no such file. @throws InputError naming a line that is damaged */
export function readMetrics(run: string): MetricsLine[] {
  return linesIn(join(run, FILE)).map(({ line }) => line);
}

/** Returns the sha256 of the lines of a run that is under way. @throws InputError if they cannot be read */
export function metricsHash(run: string): string {
  const path = join(run, FILE);
  return existsSync(path) ? fileHash(path) : hashOfLines([]);
}

function hashOfLines(lines: readonly { readonly text: string }[]): string {
  return createHash('sha256')
    .update(lines.map(({ text }) => `${text}\n`).join(''))
    .digest('hex');
}

/**
 * Drops the lines after a step, and what was cut while it was written.
 * @param sha256 that of the lines up to the step as they were written; undefined where nobody knows
 * @returns what is to be said of the lines, if they are not what they were
 * @throws InputError naming a line that is damaged
 */
export async function keepMetricsUpTo(
  run: string,
  step: number,
  sha256: string | undefined,
): Promise<string | undefined> {
  const path = join(run, FILE);
  const lines = linesIn(path);
  const kept = lines.filter(({ line }) => line.step <= step);
  await prepareOutput(path).write(kept.map(({ text }) => `${text}\n`));
  const last = lines.at(-1)?.line.step;
  if (step === 0 && last !== undefined) {
    return `${showText(run)}: ${last} steps had been taken, and there is no checkpoint of any: the run begins again`;
  }
  if (sha256 === undefined || sha256 === hashOfLines(kept)) return undefined;
  return `${showText(path)}: the lines up to step ${step} are not those that the run wrote; curves and metrics.csv show those that are there`;
}

/** Adds a line. @throws InputError if it cannot be written */
export function appendMetrics(run: string, line: MetricsLine): void {
  const path = join(run, FILE);
  try {
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  } catch (error) {
    throw systemError('write', path, error);
  }
}

/** Waits until the lines are on the disk: a checkpoint must not outlive the lines before it. @throws InputError if that fails */
export function syncMetrics(run: string): void {
  const path = join(run, FILE);
  if (!existsSync(path)) return;
  try {
    const file = openSync(path, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw systemError('write', path, error);
  }
}

/** Writes metrics.csv from metrics.jsonl and gives the last line. */
export async function writeMetricsCsv(run: string): Promise<MetricsLine | undefined> {
  const lines = readMetrics(run);
  const rows = lines.map((line) => {
    const { total, sample, decision } = line.gradNorm;
    return [...COLUMNS.map((column) => line[column] ?? ''), total, sample ?? '', decision ?? ''].join(',');
  });
  const header = [...COLUMNS, 'gradNorm', 'gradNormSample', 'gradNormDecision'].join(',');
  await prepareOutput(join(run, 'metrics.csv')).write([header, ...rows].map((row) => `${row}\n`));
  return lines.at(-1);
}
