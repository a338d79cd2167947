// The files that a run or an experiment needs to go on, which no other output may replace.
import { readdirSync } from 'node:fs';
import { basename, join, sep } from 'node:path';

const NAMES = new Set([
  'config.json',
  'metrics.jsonl',
  'metrics.csv',
  'settings.json',
  'evaluation.json',
  'reproduce.json',
  'lock',
]);

/** Paths of the files in a folder that belong to its runs; none if it cannot be read. */
export function ownFiles(dir: string): string[] {
  try {
    const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
    const isOwn = (name: string): boolean =>
      NAMES.has(basename(name)) || name.split(sep).includes('checkpoints');
    return names.filter(isOwn).map((name) => join(dir, name));
  } catch {
    // Whoever reads the folder says what is wrong with it.
    return [];
  }
}
