// A map of weights, estimator × token: every cell with its colour and its number, columns marked by component and by trajectory.
import * as Plot from '@observablehq/plot';
import type { MapFigure } from '../../claims/figure.ts';
import { typesetNumber } from '../format.ts';
import { type Html, html } from '../html.ts';
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
import { hatching } from './hatch.ts';
import { legend, ROW, ramp, strength } from './legend.ts';

const CELL_HEIGHT = 28;
const SMALL = 11;

/** A picture of many columns grows to this width of a cell, which holds two digits and a sign, but not beyond the width. */
const CELL_WIDTH = 45;
const MOST_WIDTH = 900;

/** Between two trajectories. */
const GROUP_GAP = 10;

/** Longest text that is written upwards above a column. */
const UPWARDS = 74;

/** Widest of some texts, at most `limit`. */
function widest(texts: readonly string[], limit: number): number {
  return Math.min(limit, Math.max(0, ...texts.map((text) => textWidth(text))) + 4);
}

/** Where every column stands. */
interface Layout {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly cellWidth: number;
  /** Of the left edge of each column. */
  readonly x: readonly number[];
  readonly groups: readonly { readonly label: string; readonly from: number; readonly to: number }[];
}

function layoutOf({ columns, rows, groups = [] }: MapFigure): Layout {
  const left =
    16 +
    widest(
      rows.map((row) => row.label),
      190,
    );
  const right =
    18 +
    widest(
      rows.map((row) => row.note),
      150,
    );
  /** The index of the group of every column. */
  const groupOf = groups.flatMap(({ columns: n }, i) => new Array<number>(n).fill(i));
  const gaps = Math.max(0, groups.length - 1) * GROUP_GAP;
  const wanted = left + right + gaps + columns.length * CELL_WIDTH;
  const width = Math.min(MOST_WIDTH, Math.max(WIDTH, Math.ceil(wanted)));
  const cellWidth = (width - left - right - gaps) / columns.length;
  const x = columns.map((_, j) => left + j * cellWidth + (groupOf[j] ?? 0) * GROUP_GAP);
  return {
    width,
    left,
    right,
    cellWidth,
    x,
    groups: groups.flatMap(({ label }, i) => {
      const own = x.filter((_, j) => groupOf[j] === i);
      return own.length === 0 ? [] : [{ label, from: own[0]!, to: own.at(-1)! + cellWidth }];
    }),
  };
}

/** The strip of the components over the columns, and the actions above it: upright where they fit, else written upwards. */
function headOf(
  { columns }: MapFigure,
  { x, cellWidth, groups }: Layout,
  gap: number,
): { body: Html; height: number } {
  const groupHeight = groups.length === 0 ? 0 : 36;
  const upright = columns.every((column) => textWidth(column.label) <= cellWidth - 4);
  const labelled = upright || cellWidth >= TEXT + 2;
  const longest = Math.max(...columns.map(({ label }) => Math.min(UPWARDS, textWidth(label))));
  const labelHeight = groupHeight + (!labelled ? 0 : upright ? 20 : longest + 10);
  const strip = columns.map((column, j) => ({
    x1: x[j]!,
    x2: x[j]! + cellWidth - gap,
    y1: labelHeight,
    y2: labelHeight + 8,
    component: column.component,
  }));
  const bars = strip.map(
    ({ x1, x2, y1, y2, component }) =>
      html`<rect x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" fill="${colour(component)}"/>`,
  );
  const hatched = hatching(strip.filter(({ component }) => component === 'decision'));
  const labels = columns.map(({ label, component }, j) => {
    const middle = x[j]! + cellWidth / 2;
    const ink = colour(component);
    if (!labelled) return undefined;
    if (upright) return html`<text x="${middle}" y="${labelHeight - 7}" fill="${ink}">${label}</text>`;
    const [dx, dy] = [middle + TEXT / 3, labelHeight - 5];
    return html`<text transform="translate(${dx},${dy}) rotate(-90)" text-anchor="start" fill="${ink}">${fitText(label, UPWARDS)}</text>`;
  });
  const names = groups.map(({ label, from, to }) => {
    const lines = twoLines(label, to - from).split('\n');
    return lines.map(
      (line, k) =>
        html`<text x="${(from + to) / 2}" y="${12 + (k + 2 - lines.length) * 14}" fill="${colour('ink')}">${line}</text>`,
    );
  });
  return { body: html`${names}${labels}${bars}${hatched}`, height: labelHeight + 14 };
}

/** The figure as SVG, 640 wide or more for many columns. A value that is not finite gets an empty cell and is counted in a note. */
export function drawMap(figure: MapFigure): Drawing {
  const { columns, rows } = figure;
  const missing = rows.flatMap((row) =>
    columns.filter((_, j) => !isDrawable(row.values[j] ?? Number.NaN)),
  ).length;
  const notes = leftOut(missing, 'weight');
  if (rows.length === 0 || columns.length === 0)
    return emptySheet(figure.title, 'Nothing to draw: no weights.');

  const layout = layoutOf(figure);
  const { width, left, right, cellWidth, x } = layout;
  const gap = cellWidth > 8 ? 1 : 0;
  const head = headOf(figure, layout, gap);
  const top = head.height;
  const height = top + rows.length * CELL_HEIGHT + 6;
  const cells = rows.flatMap((row, i) => {
    const finite = row.values.filter(isDrawable);
    const largest = finite.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    return columns.flatMap((_, j) => {
      const value = row.values[j];
      if (value === undefined || !isDrawable(value)) return [];
      const scaled = largest === 0 ? 0 : value / largest;
      return [{ x: x[j]!, y: top + i * CELL_HEIGHT, value, scaled }];
    });
  });
  // As many digits as fit every cell, none where two do not.
  const digits = [3, 2].find((n) =>
    cells.every((cell) => textWidth(typesetNumber(cell.value, n), SMALL) <= cellWidth - 6),
  );
  const body = pixels(width, height, [
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
    Plot.text(rows, {
      x: left - 8,
      y: (_, i) => top + (i + 0.5) * CELL_HEIGHT,
      text: (row) => twoLines(row.label, left - 16),
      lineHeight: 1.05,
      textAnchor: 'end',
    }),
    Plot.text(rows, {
      x: width - right + 10,
      y: (_, i) => top + (i + 0.5) * CELL_HEIGHT,
      text: (row) => twoLines(row.note, right - 14),
      lineHeight: 1.05,
      textAnchor: 'start',
      fill: colour('soft'),
    }),
  ]);
  const key = legend(
    (['sample', 'decision'] as const).map((component) => ({
      label: component,
      symbol: 'square',
      fill: colour(component),
      stroke: colour(component),
      hatched: component === 'decision',
    })),
    width - 210,
    width,
  );
  const legendRow = html`${ramp(8, '− largest of the row', '+ largest', width)}${key.body}`;
  const all = html`${legendRow}${at(0, ROW + 12, html`${head.body}${body}`)}`;
  const size = { width, height: ROW + 12 + height };
  const description = describeMap(figure);
  return { svg: sheet({ title: figure.title, description, ...size }, all), notes, width };
}
