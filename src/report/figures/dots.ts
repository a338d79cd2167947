// Models in rows: what each scored in and out of distribution, with intervals and the single seeds.
import * as Plot from '@observablehq/plot';
import type { Estimate } from '../../documents/evaluation.ts';
import { typesetNumber } from '../format.ts';
import { html } from '../html.ts';
import { colour } from '../theme.ts';
import { domain } from './axes.ts';
import {
  at,
  type Drawing,
  emptySheet,
  fitText,
  isDrawable,
  leftOut,
  plotted,
  sheet,
  TEXT,
  textWidth,
} from './canvas.ts';
import { legend } from './legend.ts';

const WIDTH = 372;
const ROW_HEIGHT = 40;

/** A dot: the mean with its interval, and what it is the mean of. */
export interface Dot extends Estimate {
  readonly bySeed: readonly number[];
}

/** Rows of two dots each. */
export interface DotsFigure {
  readonly title: string;
  readonly caption: string;
  readonly rows: readonly {
    readonly label: string;
    readonly ink: Parameters<typeof colour>[0];
    readonly id: Dot;
    readonly ood: Dot;
  }[];
}

function describeDots({ rows }: DotsFigure): string {
  const shown = ({ mean, ci95: [low, high] }: Dot): string =>
    [mean, low, high].every(isDrawable)
      ? `${typesetNumber(mean, 3)} [${typesetNumber(low, 3)}, ${typesetNumber(high, 3)}]`
      : 'not known';
  const each = rows.map(
    ({ label, id, ood }) => `${label}: in distribution ${shown(id)}, out of distribution ${shown(ood)}`,
  );
  return `${each.join('. ')}.`;
}

/** The figure as SVG, 372 wide. A dot that is not finite is skipped and counted in a note. */
export function drawDots(figure: DotsFigure): Drawing {
  const all = figure.rows.flatMap(({ ink, id, ood }, row) =>
    [id, ood].map((dot, i) => ({
      ...dot,
      ink,
      filled: i === 1,
      y: (row + 0.5) * ROW_HEIGHT + (i - 0.5) * 15,
    })),
  );
  const dots = all.filter(({ mean, ci95 }) => [mean, ...ci95].every(isDrawable));
  const notes = leftOut(all.length - dots.length, 'dot');
  if (dots.length === 0) return { ...emptySheet(figure.title, 'Nothing to draw: no finite dot.'), notes };
  const seeds = dots.flatMap(({ bySeed, y, ink }) => bySeed.filter(isDrawable).map((x) => ({ x, y, ink })));
  const x = domain([...dots.flatMap(({ mean, ci95 }) => [mean, ...ci95]), ...seeds.map((seed) => seed.x)]);

  const left = 14 + Math.min(130, Math.max(...figure.rows.map(({ label }) => textWidth(label))));
  const height = figure.rows.length * ROW_HEIGHT;
  const key = legend(
    (['in distribution', 'out of distribution'] as const).map((label, i) => ({
      label,
      symbol: 'circle',
      fill: i === 1 ? colour('ink') : colour('paper'),
      stroke: colour('ink'),
    })),
    8,
    WIDTH,
  );
  const soft = colour('soft');
  const rows = plotted({
    width: WIDTH,
    height: height + 30,
    marginLeft: left,
    marginTop: 0,
    marginRight: 18,
    marginBottom: 30,
    x: { domain: x, nice: true },
    y: { type: 'identity', axis: null },
    color: { type: 'identity' },
    marks: [
      Plot.gridX({ stroke: colour('rule'), strokeOpacity: 1, ticks: 5 }),
      Plot.axisX({
        anchor: 'bottom',
        fontSize: TEXT,
        fill: soft,
        stroke: soft,
        label: null,
        tickFormat: (value: number) => typesetNumber(value, 4),
        ticks: 5,
      }),
      Plot.link(dots, {
        x1: (d) => d.ci95[0],
        x2: (d) => d.ci95[1],
        y1: 'y',
        y2: 'y',
        stroke: (d) => colour(d.ink),
        strokeWidth: 1.75,
      }),
      Plot.link(seeds, {
        x1: 'x',
        x2: 'x',
        y1: (d) => d.y - 4,
        y2: (d) => d.y + 4,
        stroke: (d) => colour(d.ink),
        strokeOpacity: 0.55,
      }),
      Plot.dot(dots, {
        x: 'mean',
        y: 'y',
        r: 4.5,
        fill: (d) => (d.filled ? colour(d.ink) : colour('paper')),
        stroke: (d) => colour(d.ink),
        strokeWidth: 1.75,
      }),
    ],
  });
  const labels = figure.rows.map(
    ({ label }, row) =>
      html`<text x="${left - 10}" y="${(row + 0.5) * ROW_HEIGHT + 4}" text-anchor="end">${fitText(label, left - 14)}</text>`,
  );
  const top = key.height + 6;
  return {
    svg: sheet(
      { title: figure.title, description: describeDots(figure), width: WIDTH, height: top + height + 30 },
      html`${key.body}${at(0, top, html`${rows}${labels}`)}`,
    ),
    notes,
    width: WIDTH,
  };
}
