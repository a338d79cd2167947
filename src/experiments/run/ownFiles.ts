// The files of a run, an experiment or a lab: those that it needs to go on, which no other output may replace, and those written at its end.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { prepareOutput } from '../../host/output.ts';

const NAMES = new Set([
  'config.json',
  'metrics.jsonl',
  'metrics.csv',
  'settings.json',
  'evaluation.json',
  'reproduce.json',
  'lab.json',
  'lock',
]);

/** Paths of the files in a folder that belong to its runs; none if it cannot be read. */
export function ownFiles(dir: string): string[] {
  try {
    const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
    const isOwn = (name: string): boolean =>
      NAMES.has(basename(name)) ||
      /^seed-\d+\.json$/.test(basename(name)) ||
      name.split(sep).some((part) => part === 'checkpoints' || part === 'rollouts');
    return names.filter(isOwn).map((name) => join(dir, name));
  } catch {
    // Whoever reads the folder says what is wrong with it.
    return [];
  }
}

/** What is written at the end of a run, of an experiment, and of a lab, beside what it needs to go on. */
export const END_OF_RUN = ['metrics.csv', 'report.html'] as const;
export const END_OF_EXPERIMENT = ['reproduce.json', 'report.html'] as const;
export const END_OF_LAB = ['lab.json', 'report.html'] as const;

/**
 * Checks that files can be written at the end, before the work begins.
 * @throws InputError if one cannot
 */
export function checkEnd(dir: string, names: readonly string[]): void {
  if (!existsSync(dir)) return;
  for (const name of names) prepareOutput(join(dir, name));
}
