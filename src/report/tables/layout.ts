// Columns of text without lines around them, and paragraphs indented under a heading.
import Table from 'cli-table3';
import { plainText } from '../html.ts';
import type { Palette } from './palette.ts';

/** Width that text is wrapped to. */
const TEXT_WIDTH = 96;

/** Longest text in a cell or a line; what comes from a file could be of any length. */
const LONGEST = 300;

/** A column: its head, and whether it holds numbers. */
export type Column = readonly [head: string, align: 'left' | 'right'];

const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((part) => [part, '']),
);

/** Text from outside for a terminal: on one line, no control characters, not too long. */
export function safe(text: string): string {
  return plainText(text, LONGEST);
}

/** Rows of cells (already safe, possibly coloured) under dim heads, columns two spaces apart. */
export function columns(
  heads: readonly Column[],
  rows: readonly (readonly string[])[],
  palette: Palette,
): string {
  const table = new Table({
    head: heads.map(([head]) => (head === '' ? '' : palette.dim(head))),
    colAligns: heads.map(([, align]) => align),
    chars: { ...NO_LINES, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A paragraph wrapped at words, every line after `indent` spaces. */
export function paragraph(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of plainText(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > TEXT_WIDTH - indent) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((l) => `${' '.repeat(indent)}${l}`).join('\n');
}
