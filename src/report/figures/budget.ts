// How totals divide between the two components: one stacked bar each, with its numbers beside it.
import * as Plot from '@observablehq/plot';
import type { BudgetFigure } from '../../claims/figure.ts';
import { formatShare, typesetNumber } from '../format.ts';
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
import { describeBudget } from './describe.ts';
import { hatching } from './hatch.ts';
import { legend } from './legend.ts';

const BAR_HEIGHT = 34;
const COLUMN = 78;

/** The figure as SVG, 640 wide. A bar with a part that is not finite is skipped and counted in a note. */
export function drawBudget(figure: BudgetFigure): Drawing {
  const bars = figure.bars.filter((bar) => isDrawable(bar.sample) && isDrawable(bar.decision));
  const notes = leftOut(figure.bars.length - bars.length, 'bar');
  if (bars.length === 0) return { ...emptySheet(figure.title, 'Nothing to draw: no finite bar.'), notes };

  const left = 8 + Math.min(170, Math.max(...bars.map((bar) => textWidth(bar.label))) + 4) + 10;
  const right = WIDTH - 3 * COLUMN - 8;
  // Parts below zero go to the left of the zero line.
  const low = Math.min(0, ...bars.map((bar) => Math.min(0, bar.sample) + Math.min(0, bar.decision)));
  const high = Math.max(0, ...bars.map((bar) => Math.max(0, bar.sample) + Math.max(0, bar.decision)));
  const span = high - low === 0 ? 1 : high - low;
  const position = (value: number): number => left + ((value - low) / span) * (right - left);
  const head = 22;
  const height = head + bars.length * BAR_HEIGHT;
  const middle = (i: number): number => head + (i + 0.5) * BAR_HEIGHT;

  const parts = bars.flatMap(({ sample, decision }, i) => {
    const start = Math.sign(sample) === Math.sign(decision) ? sample : 0;
    return [
      { component: 'sample' as const, from: 0, to: sample, y: middle(i) },
      { component: 'decision' as const, from: start, to: start + decision, y: middle(i) },
    ].filter((part) => part.from !== part.to);
  });
  const numbers = bars.flatMap(({ sample, decision }, i) => {
    const total = sample + decision;
    return [sample, decision, total].map((value, column) => ({
      x: right + (column + 1) * COLUMN,
      y: middle(i),
      value: typesetNumber(value, 4),
      share: column < 2 ? formatShare(value, total) : '',
    }));
  });
  const heads = ['sample', 'decision', 'total'].map((text, i) => ({ text, x: right + (i + 1) * COLUMN }));
  const soft = colour('soft');

  const body = pixels(WIDTH, height, [
    Plot.rect(parts, {
      x1: (d) => position(d.from),
      x2: (d) => position(d.to),
      y1: (d) => d.y - 9,
      y2: (d) => d.y + 9,
      fill: (d) => colour(d.component),
    }),
    Plot.ruleX([position(0)], { y1: head, y2: height, stroke: soft }),
    Plot.text(bars, {
      x: left - 10,
      y: (_, i) => middle(i),
      text: (bar) => twoLines(bar.label, left - 18),
      lineHeight: 1.05,
      textAnchor: 'end',
    }),
    Plot.text(heads, { x: 'x', y: 9, text: 'text', textAnchor: 'end', fill: soft }),
    Plot.text(numbers, {
      x: 'x',
      y: 'y',
      dy: -6,
      text: 'value',
      textAnchor: 'end',
      fontVariant: 'tabular-nums',
      fontSize: TEXT,
    }),
    Plot.text(numbers, {
      x: 'x',
      y: 'y',
      dy: 8,
      text: 'share',
      textAnchor: 'end',
      fontVariant: 'tabular-nums',
      fontSize: TEXT - 1,
      fill: soft,
    }),
  ]);
  const hatched = hatching(
    parts
      .filter(({ component }) => component === 'decision')
      .map(({ from, to, y }) => ({
        x1: Math.min(position(from), position(to)),
        x2: Math.max(position(from), position(to)),
        y1: y - 9,
        y2: y + 9,
      })),
  );
  const key = legend(
    (['sample', 'decision'] as const).map((component) => ({
      label: component,
      symbol: 'square',
      fill: colour(component),
      stroke: colour(component),
      hatched: component === 'decision',
    })),
    8,
    220,
  );
  const unit = html`<text x="${WIDTH - 8}" y="14" text-anchor="end" fill="${soft}">${fitText(figure.unit, 380)}</text>`;
  return {
    svg: sheet(
      {
        title: figure.title,
        description: describeBudget(figure),
        width: WIDTH,
        height: key.height + 8 + height,
      },
      html`${key.body}${unit}${at(0, key.height + 8, html`${body}${hatched}`)}`,
    ),
    notes,
    width: WIDTH,
  };
}
