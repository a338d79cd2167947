// `eval` on a terminal: one line per measure, one column per split.
import type { EvaluationDocument } from '../../documents/evaluation.ts';
import { count } from '../format.ts';
import { columns, safe } from './layout.ts';
import { measureLines } from './measures.ts';
import type { Palette } from './palette.ts';

/** The document as text. */
export function evaluationTable(
  { checkpoint, task, splits: { id, ood } }: EvaluationDocument,
  palette: Palette,
): string {
  const head = palette.dim(
    `${safe(checkpoint)}: ${task}, ${count(id.episodes, 'episode')} per split, bootstrap intervals of 95 %`,
  );
  const table = columns(
    [
      ['', 'left'],
      ['in distribution', 'left'],
      ['out of distribution', 'left'],
    ],
    measureLines([id, ood]),
    palette,
  );
  return `${head}\n\n${table}`;
}
