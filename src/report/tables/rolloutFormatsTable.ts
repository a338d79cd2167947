// `rollouts formats` on a terminal: who writes each format, and what it cannot tell.
import type { RolloutFormatsDocument } from '../../documents/rolloutFormats.ts';
import { paragraph, safe } from './layout.ts';
import type { Palette } from './palette.ts';

/** The document as text. */
export function rolloutFormatsTable({ formats }: RolloutFormatsDocument, palette: Palette): string {
  return formats
    .map(({ name, title, writtenBy, lacks }) =>
      [
        palette.bold(safe(name)),
        paragraph(title, 4, palette),
        paragraph(`written by: ${writtenBy}`, 4, palette),
        ...lacks.map((sentence) => palette.dim(paragraph(sentence, 6, palette).replace(/^ {6}/, '    - '))),
      ].join('\n'),
    )
    .join('\n\n');
}
