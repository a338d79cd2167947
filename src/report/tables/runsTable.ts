// `report` on a terminal: a line a run, and where the page lies.
import type { RunsDocument } from '../../documents/runs.ts';
import { count } from '../format.ts';
import { safe } from './layout.ts';

/** The runs in words. */
export function runsTable({ runs, differences }: RunsDocument, path: string): string {
  const lines = runs.map(
    ({ dir, task, base, train, seed, steps }) =>
      `${safe(dir)}: ${safe(task)}, ${safe(base)} then ${safe(train)}, seed ${seed}, ${count(steps, 'step')}`,
  );
  const differ = `${count(differences.length, 'entry', 'entries')} of their configurations differ`;
  return [...lines, `${differ}; the page is ${safe(path)}`].join('\n');
}
