// `eval` on a terminal: one line per measure, one column per split.
import type { EvaluationDocument } from '../../documents/evaluation.ts';
import { count } from '../format.ts';
import { columns, paragraph, safe } from './layout.ts';
import { estimateColumns, measureLines } from './measures.ts';
import type { Palette } from './palette.ts';

/** The document as text. */
export function evaluationTable(
  { checkpoint, task, splits: { id, ood } }: EvaluationDocument,
  palette: Palette,
): string {
  const about = `${safe(checkpoint)}: ${task}, ${count(id.episodes, 'episode')} per split in (ID) and out of distribution (OOD), bootstrap intervals of 95 %`;
  const head = palette.dim(paragraph(about, 0, palette));
  const table = columns([['', 'left'], ...estimateColumns(['ID', 'OOD'])], measureLines([id, ood]), palette);
  return `${head}\n\n${table}`;
}
