// A page of the documentation on a terminal: headings, paragraphs, lists, tables and code as wide as it.
import { displayWidth, wrapped } from '../../base/displayWidth.ts';
import { type Block, blocksOf, type Item, plainOf } from '../markdown.ts';
import { columns, paragraph } from './layout.ts';
import type { Palette } from './palette.ts';

/** Columns of a table that can be read side by side in a terminal that is too narrow for them. */
const MOST_NARROW = 3;

function tableText(heads: readonly string[], rows: readonly (readonly string[])[], palette: Palette): string {
  const width = heads.reduce(
    (sum, head, i) => sum + 2 + Math.max(displayWidth(head), ...rows.map((row) => displayWidth(row[i]!))),
    -2,
  );
  if (heads.length > MOST_NARROW && width > (palette.width ?? Number.POSITIVE_INFINITY)) {
    return rows.map((row) => recordText(heads, row, palette)).join('\n\n');
  }
  return columns(
    heads.map((head) => [head, 'left'] as const),
    rows,
    palette,
  );
}

/** A row of a table as a record: its first cell above the others, each under its head. */
function recordText(
  heads: readonly string[],
  [name, ...values]: readonly string[],
  palette: Palette,
): string {
  const lines = values.map((value, i) =>
    paragraph(`${heads[i + 1]}: ${value === '' ? '–' : value}`, 2, palette),
  );
  return [palette.bold(name!), ...lines].join('\n');
}

/** An item of a list: its lines stand under its text. */
function itemText({ indent, mark, text }: Item, palette: Palette): string {
  const inside = ' '.repeat(indent.length + mark.length);
  const width = Math.min(palette.width ?? Number.POSITIVE_INFINITY, 96) - inside.length;
  return wrapped(plainOf(text), width)
    .map((line, i) => (i === 0 ? `${indent}${mark}${line}` : `${inside}${line}`))
    .join('\n');
}

function blockText(block: Block, palette: Palette): string {
  switch (block.kind) {
    case 'heading':
      return palette.bold(plainOf(block.text));
    case 'paragraph':
      return paragraph(plainOf(block.text), 0, palette);
    case 'quote':
      return paragraph(plainOf(block.text), 2, palette);
    case 'fenced':
      return block.lines.map((line) => `    ${line}`.trimEnd()).join('\n');
    case 'indented':
      return block.lines.join('\n');
    case 'list':
      return block.items.map((item) => itemText(item, palette)).join('\n');
    case 'table':
      return tableText(
        block.heads.map(plainOf),
        block.rows.map((row) => row.map(plainOf)),
        palette,
      );
  }
}

/** Markdown as text. */
export function markdownText(markdown: string, palette: Palette): string {
  return blocksOf(markdown)
    .map((block, i) => `${i === 0 ? '' : block.follows ? '\n' : '\n\n'}${blockText(block, palette)}`)
    .join('');
}
