// `presets` on a terminal: the training configurations that have a name.
import type { PresetsDocument } from '../../documents/presets.ts';
import { columns } from './layout.ts';
import type { Palette } from './palette.ts';

/** The document as text. */
export function presetsTable({ presets }: PresetsDocument, palette: Palette): string {
  return columns(
    [
      ['preset', 'left'],
      ['task', 'left'],
      ['about', 'right'],
      ['', 'left'],
    ],
    presets.map(({ name, task, minutes, sentence }) => [name, task, `${minutes} min`, sentence]),
    palette,
  );
}
