// Tables without lines around them and paragraphs indented under a heading, both as wide as the terminal.

import { displayWidth, wrapped } from '../../base/displayWidth.ts';
import { plainText } from '../html.ts';
import type { Palette } from './palette.ts';

/** The widest lines of text that read well. */
const TEXT_WIDTH = 96;

/** Longest text in a cell or a line; what comes from a file could be of any length. */
const LONGEST = 300;

/** The narrowest column that text is wrapped into. */
const NARROWEST = 12;

const GAP = '  ';

/** What may be done with a column where the table is too wide: those with the largest `drop` are left out first, all of them at once. */
export interface Narrowing {
  readonly drop: number;
}

/** A column: its head, whether it holds numbers, and whether it may be left out. */
export type Column = readonly [head: string, align: 'left' | 'right', narrowing?: Narrowing];

/** A table whose columns are known before all of its rows. */
export interface FittedTable {
  /** The line of the heads. */
  readonly head: string;
  /** A row, which has several lines where text is wrapped. */
  row(cells: readonly string[]): string;
  /** Which columns are left out, if some are. */
  readonly note: string | undefined;
}

/** Text from outside for a terminal: on one line, no control characters, not too long. */
export function safe(text: string): string {
  return plainText(text, LONGEST);
}

/** The places of the columns that are shown: as many as fit. */
function shownOf(heads: readonly Column[], widths: readonly number[], width: number): number[] {
  let shown = heads.map((_, i) => i);
  for (;;) {
    const total = shown.reduce((sum, i) => sum + widths[i]! + GAP.length, -GAP.length);
    const droppable = shown.filter((i) => heads[i]![2] !== undefined);
    if (total <= width || droppable.length === 0) return shown;
    const first = Math.max(...droppable.map((i) => heads[i]![2]!.drop));
    shown = shown.filter((i) => heads[i]![2]?.drop !== first);
  }
}

/** Lines of a cell: a text that is too wide is wrapped under its own indent, numbers and what is coloured are not. */
function cellLines(text: string, width: number): string[] {
  if (displayWidth(text) <= width || text.includes('\u001b')) return [text];
  const indent = /^ */.exec(text)![0];
  return wrapped(text.slice(indent.length), width - indent.length).map((line) => `${indent}${line}`);
}

function padded(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? `${text}${space}` : `${space}${text}`;
}

/**
 * Fits a table into the terminal. Where it is too wide, columns are left out; if that is not enough, columns of text are wrapped, the
 * widest ones first.
 * @param like rows (already safe, possibly coloured) that are as wide as those to come
 */
export function fitted(
  heads: readonly Column[],
  like: readonly (readonly string[])[],
  palette: Palette,
): FittedTable {
  const { width = Number.POSITIVE_INFINITY } = palette;
  const widths = heads.map(([head], i) =>
    Math.max(displayWidth(head), ...like.map((row) => displayWidth(row[i]!))),
  );
  const shown = shownOf(heads, widths, width);
  const texts = shown.filter((i) => heads[i]![1] === 'left');
  const total = (): number => shown.reduce((sum, i) => sum + widths[i]! + GAP.length, -GAP.length);
  for (let over = total() - width; over > 0 && Number.isFinite(over); over--) {
    const widest = texts.reduce((a, b) => (widths[b]! > widths[a]! ? b : a), texts[0] ?? 0);
    if (texts.length === 0 || widths[widest]! <= NARROWEST) break;
    widths[widest]!--;
  }
  const line = (cells: readonly string[]): string =>
    shown
      .map((i) => padded(cells[i]!, widths[i]!, heads[i]![1]))
      .join(GAP)
      .trimEnd();
  const dropped = heads.filter((_, i) => !shown.includes(i)).map(([head]) => head);
  return {
    head: line(heads.map(([head]) => (head === '' ? '' : palette.dim(head)))),
    row(cells) {
      const lines = cells.map((cell, i) => (texts.includes(i) ? cellLines(cell, widths[i]!) : [cell]));
      const height = Math.max(...lines.map((of) => of.length));
      return Array.from({ length: height }, (_, k) => line(lines.map((of) => of[k] ?? ''))).join('\n');
    },
    note:
      dropped.length === 0
        ? undefined
        : palette.dim(`left out in ${width} columns: ${[...new Set(dropped)].join(', ')}`),
  };
}

/** Rows of cells (already safe, possibly coloured) under dim heads, columns two spaces apart; says which columns are left out. */
export function columns(
  heads: readonly Column[],
  rows: readonly (readonly string[])[],
  palette: Palette,
): string {
  const { head, row, note } = fitted(heads, rows, palette);
  return [head, ...rows.map(row), ...(note === undefined ? [] : [note])].join('\n');
}

/** A paragraph wrapped at words, every line after `indent` spaces. */
export function paragraph(
  text: string,
  indent: number,
  { width = TEXT_WIDTH }: Pick<Palette, 'width'>,
): string {
  return wrapped(plainText(text), Math.min(width, TEXT_WIDTH) - indent)
    .map((line) => `${' '.repeat(indent)}${line}`)
    .join('\n');
}
