// A page of the documentation on a terminal: headings, paragraphs, lists, tables and code as wide as it.
import { displayWidth, wrapped } from '../../base/displayWidth.ts';
import { columns, paragraph } from './layout.ts';
import type { Palette } from './palette.ts';

/** Text without the marks of emphasis, code and links. */
function plain(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replaceAll('`', '');
}

/** The cells of a line of a table; `\\|` is a bar inside a cell. */
function cells(line: string): string[] {
  return line
    .replace(/^\s*\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => plain(cell.replaceAll('\\|', '|')).trim());
}

/** Columns of a table that can be read side by side in a terminal that is too narrow for them. */
const MOST_NARROW = 3;

function tableText(lines: readonly string[], palette: Palette): string {
  const [heads, , ...written] = lines.map(cells) as [string[], ...string[][]];
  const rows = written.map((row) => heads.map((_, i) => row[i] ?? ''));
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
function itemText(lines: readonly string[], palette: Palette): string {
  const [, indent, mark] = /^( *)(- |\d+\. )/.exec(lines[0]!)!;
  const text = plain(
    [lines[0]!.slice(indent!.length + mark!.length), ...lines.slice(1)].map((l) => l.trim()).join(' '),
  );
  const inside = ' '.repeat(indent!.length + mark!.length);
  const width = Math.min(palette.width ?? Number.POSITIVE_INFINITY, 96) - inside.length;
  return wrapped(text, width)
    .map((line, i) => (i === 0 ? `${indent}${mark}${line}` : `${inside}${line}`))
    .join('\n');
}

const ITEM = /^ *(- |\d+\. )/;

/** A block of lines without an empty one between them. */
function blockText(lines: readonly string[], palette: Palette): string {
  const [first] = lines;
  if (first!.startsWith('```'))
    return lines
      .filter((line) => !line.startsWith('```'))
      .map((l) => `    ${l}`.trimEnd())
      .join('\n');
  if (first!.startsWith('    ')) return lines.join('\n');
  if (first!.startsWith('#')) {
    const rest = lines.slice(1);
    const heading = palette.bold(plain(first!.replace(/^#+ /, '')));
    return rest.length === 0 ? heading : `${heading}\n${blockText(rest, palette)}`;
  }
  if (first!.startsWith('|')) return tableText(lines, palette);
  if (!ITEM.test(first!)) {
    const end = lines.findIndex((line) => ITEM.test(line) || line.startsWith('|') || line.startsWith('```'));
    const own = paragraph(plain(lines.slice(0, end < 0 ? undefined : end).join(' ')), 0, palette);
    return end < 0 ? own : `${own}\n${blockText(lines.slice(end), palette)}`;
  }
  const items: string[][] = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push([line]);
    else items.at(-1)!.push(line);
  }
  return items.map((item) => itemText(item, palette)).join('\n');
}

/** Blocks of lines between empty ones; code is one block, and comments and pictures are left out. */
function blocksOf(markdown: string): string[][] {
  const blocks: string[][] = [[]];
  let inCode = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) inCode = !inCode;
    if (!inCode && line.trim() === '') blocks.push([]);
    else if (inCode || !/^(<!--|!\[)/.test(line)) blocks.at(-1)!.push(line);
  }
  return blocks.filter((lines) => lines.length > 0);
}

/**
 * The section of a page with a heading, up to the next heading of its level or above.
 * @returns undefined if there is no such heading
 */
export function sectionOf(markdown: string, heading: string): string | undefined {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) return undefined;
  const level = /^#+/.exec(lines[start]!)![0].length;
  const length = lines
    .slice(start + 1)
    .findIndex((line) => /^#+ /.test(line) && /^#+/.exec(line)![0].length <= level);
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join('\n');
}

/** Markdown as text. */
export function markdownText(markdown: string, palette: Palette): string {
  return blocksOf(markdown)
    .map((lines) => blockText(lines, palette))
    .join('\n\n');
}
