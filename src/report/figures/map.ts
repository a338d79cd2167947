// A map of weights, estimator × token: every cell with its colour and its number, columns marked by component.
import * as Plot from '@observablehq/plot';
import type { MapFigure } from '../../claims/figure.ts';
import { typesetNumber } from '../format.ts';
import { html } from '../html.ts';
import { colour } from '../theme.ts';
import {
  at,
  type Drawing,
  emptySheet,
  fitText,
  isDrawable,
  leftOut,
  pixels,
  sheet,
  TEXT,
  textWidth,
  twoLines,
  WIDTH,
} from './canvas.ts';
import { describeMap } from './describe.ts';
import { ROW, ramp, strength } from './legend.ts';

const CELL_HEIGHT = 28;
const SMALL = 11;

/** Widest of some texts, at most `limit`. */
function widest(texts: readonly string[], limit: number): number {
  return Math.min(limit, Math.max(0, ...texts.map((text) => textWidth(text))) + 4);
}

/** The figure as SVG, 640 wide. A value that is not finite gets an empty cell and is counted in a note. */
export function drawMap(figure: MapFigure): Drawing {
  const { columns, rows } = figure;
  const missing = rows.flatMap((row) =>
    columns.filter((_, j) => !isDrawable(row.values[j] ?? Number.NaN)),
  ).length;
  const notes = leftOut(missing, 'weight');
  if (rows.length === 0 || columns.length === 0)
    return emptySheet(figure.title, 'Nothing to draw: no weights.');

  const left =
    8 +
    widest(
      rows.map((row) => row.label),
      190,
    ) +
    8;
  const right =
    10 +
    widest(
      rows.map((row) => row.note),
      150,
    ) +
    8;
  const cellWidth = (WIDTH - left - right) / columns.length;
  const upright = columns.every((column) => textWidth(column.label) <= cellWidth - 4);
  const labelled = upright || cellWidth >= TEXT;
  const labelHeight = !labelled ? 0 : upright ? 20 : 58;
  const strip = labelHeight + 2;
  const top = strip + 12;
  const height = top + rows.length * CELL_HEIGHT + 6;

  const cells = rows.flatMap((row, i) => {
    const finite = row.values.filter(isDrawable);
    const largest = finite.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    return columns.flatMap((_, j) => {
      const value = row.values[j];
      if (value === undefined || !isDrawable(value)) return [];
      const scaled = largest === 0 ? 0 : value / largest;
      return [{ x: left + j * cellWidth, y: top + i * CELL_HEIGHT, value, scaled }];
    });
  });
  // As many digits as fit every cell, none where two do not.
  const digits = [3, 2].find((n) =>
    cells.every((cell) => textWidth(typesetNumber(cell.value, n), SMALL) <= cellWidth - 6),
  );
  const heads = columns.map((column, j) => ({
    x: left + j * cellWidth,
    label: upright ? column.label : fitText(column.label, 74),
    ink: colour(column.component),
  }));
  const gap = cellWidth > 8 ? 1 : 0;

  const body = pixels(WIDTH, height, [
    Plot.rect(heads, { x1: 'x', x2: (d) => d.x + cellWidth - gap, y1: strip, y2: strip + 6, fill: 'ink' }),
    Plot.rect(cells, {
      x1: 'x',
      x2: (d) => d.x + cellWidth - gap,
      y1: 'y',
      y2: (d) => d.y + CELL_HEIGHT - gap,
      fill: (d) => colour(d.scaled < 0 ? 'negative' : 'positive'),
      fillOpacity: (d) => strength(d.scaled),
    }),
    digits !== undefined
      ? Plot.text(cells, {
          x: (d) => d.x + cellWidth / 2,
          y: (d) => d.y + CELL_HEIGHT / 2,
          text: (d) => typesetNumber(d.value, digits),
          fontSize: SMALL,
          fontVariant: 'tabular-nums',
        })
      : null,
    labelled
      ? Plot.text(heads, {
          x: (d) => d.x + cellWidth / 2,
          y: labelHeight - 7,
          text: 'label',
          fill: 'ink',
          rotate: upright ? 0 : -45,
          textAnchor: upright ? 'middle' : 'start',
        })
      : null,
    Plot.text(rows, {
      x: left - 8,
      y: (_, i) => top + (i + 0.5) * CELL_HEIGHT,
      text: (row) => twoLines(row.label, left - 16),
      lineHeight: 1.05,
      textAnchor: 'end',
    }),
    Plot.text(rows, {
      x: WIDTH - right + 10,
      y: (_, i) => top + (i + 0.5) * CELL_HEIGHT,
      text: (row) => twoLines(row.note, right - 14),
      lineHeight: 1.05,
      textAnchor: 'start',
      fill: colour('soft'),
    }),
  ]);
  const key = pixels(WIDTH, ROW, [
    Plot.rect(['sample', 'decision'] as const, {
      x1: (_, i) => WIDTH - 190 + i * 94,
      x2: (_, i) => WIDTH - 174 + i * 94,
      y1: ROW / 2 - 3,
      y2: ROW / 2 + 3,
      fill: (component) => colour(component),
    }),
    Plot.text(['sample', 'decision'], {
      x: (_, i) => WIDTH - 168 + i * 94,
      y: ROW / 2,
      text: (d) => d,
      textAnchor: 'start',
    }),
  ]);
  const legendRow = html`${ramp(8, '− largest of the row', '+ largest', WIDTH)}${key}`;
  const all = html`${legendRow}${at(0, ROW + 12, body)}`;
  const description = describeMap(figure);
  return {
    svg: sheet({ title: figure.title, description, width: WIDTH, height: ROW + 12 + height }, all),
    notes,
    width: WIDTH,
  };
}
