// Legends, as marks in pixel coordinates: symbols and swatches with names, and ramps made of rectangles.
import * as Plot from '@observablehq/plot';
import { type Html, html } from '../html.ts';
import { colour } from '../theme.ts';
import { fitText, pixels, TEXT, textWidth, WIDTH } from './canvas.ts';
import { hatching } from './hatch.ts';

/** Height of a row of a legend. */
export const ROW = 20;

/** A sign and what it stands for: a symbol, a stroke (`line`), or a symbol on a stroke. */
export interface Entry {
  readonly label: string;
  readonly symbol?: Plot.SymbolType;
  readonly fill: string;
  readonly stroke: string;
  readonly line?: boolean;
  /** Dashes of the stroke, as SVG has them. */
  readonly dash?: string;
  /** The symbol is a square that is hatched as the areas of decisions are. */
  readonly hatched?: boolean;
}

/** A legend with its height. */
export interface Legend {
  readonly body: Html;
  readonly height: number;
}

/** Entries from left to right, in as many rows as they need. */
export function legend(entries: readonly Entry[], left: number, width: number = WIDTH): Legend {
  const signWidth = 30;
  const placed: (Entry & { x: number; y: number; text: string })[] = [];
  let x = left;
  let y = ROW / 2;
  for (const entry of entries) {
    const text = fitText(entry.label, width - left - signWidth);
    const needed = signWidth + textWidth(text) + 14;
    if (x > left && x + needed > width) {
      x = left;
      y += ROW;
    }
    placed.push({ ...entry, x, y, text });
    x += needed;
  }
  const height = y + ROW / 2;
  const marks = placed.flatMap((entry) => [
    entry.line === true
      ? Plot.link([entry], {
          x1: entry.x,
          x2: entry.x + 22,
          y1: entry.y,
          y2: entry.y,
          stroke: entry.stroke,
          strokeWidth: 1.75,
          ...(entry.dash === undefined ? {} : { strokeDasharray: entry.dash }),
        })
      : null,
    entry.symbol !== undefined
      ? Plot.dot([entry], {
          x: 'x',
          y: 'y',
          dx: 11,
          r: 4.5,
          symbol: entry.symbol,
          fill: entry.fill,
          stroke: entry.stroke,
          strokeWidth: 1.5,
        })
      : null,
    Plot.text([entry], { x: 'x', y: 'y', dx: signWidth, text: 'text', textAnchor: 'start', fontSize: TEXT }),
  ]);
  const squares = placed.filter((entry) => entry.hatched === true);
  const hatched = hatching(
    squares.map((entry) => ({ x1: entry.x + 7, x2: entry.x + 15, y1: entry.y - 4, y2: entry.y + 4 })),
  );
  return { body: html`${pixels(width, height, marks)}${hatched}`, height };
}

/** Opacity of a sign's colour for a value between −1 and 1. */
export function strength(value: number): number {
  return Math.min(1, Math.abs(value));
}

/** A diverging ramp from −1 to 1, its ends named. Height: ROW. */
export function ramp(x: number, low: string, high: string, width: number): Html {
  const steps = Array.from({ length: 15 }, (_, i) => (i - 7) / 7);
  const start = x + textWidth(low) + 6;
  const step = 9;
  const end = start + steps.length * step;
  return pixels(width, ROW, [
    Plot.rect(steps, {
      x1: (_: number, i: number) => start + i * step,
      x2: (_: number, i: number) => start + (i + 1) * step,
      y1: 4,
      y2: ROW - 4,
      fill: (v: number) => colour(v < 0 ? 'negative' : 'positive'),
      fillOpacity: strength,
    }),
    Plot.rect([0], { x1: start, x2: end, y1: 4, y2: ROW - 4, stroke: colour('rule'), fill: 'none' }),
    Plot.text([low], { x: start - 6, y: ROW / 2, text: [low], textAnchor: 'end', fill: colour('soft') }),
    Plot.text([high], { x: end + 6, y: ROW / 2, text: [high], textAnchor: 'start', fill: colour('soft') }),
  ]);
}
