// Curves over the steps of training: a strong line each, with what it was smoothed from faint behind it, or a band.
import * as Plot from '@observablehq/plot';
import type { Point } from '../../claims/figure.ts';
import { typesetNumber } from '../format.ts';
import { html } from '../html.ts';
import { colour } from '../theme.ts';
import { cutNote, domain, towardsZero } from './axes.ts';
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
import { describeLines } from './describe.ts';
import { legend } from './legend.ts';
import { thinned } from './smooth.ts';

/** Two of these stand side by side on a page, and one fits a phone. */
const WIDTH = 372;
const HEIGHT = 230;

/** Points of a line: about one for a pixel. */
const BINS = WIDTH / 2;

/** One curve. A point that cannot be drawn leaves a gap. */
export interface Curve {
  readonly name: string;
  readonly ink: Parameters<typeof colour>[0];
  /** Dashes tell curves apart where colours do not. */
  readonly dash?: string;
  readonly line: readonly Point[];
  /** Points of the line that are few enough to be marked. */
  readonly dots?: readonly Point[];
  /** What the line was smoothed from. */
  readonly faint?: readonly Point[];
  /** Around the line. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
}

/** Curves over one axis. */
export interface CurvesFigure {
  readonly title: string;
  readonly caption: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** From where to where the y axis runs; what the curves need if left out. */
  readonly y?: readonly [number, number];
  /** Parts of the x axis by name, in order, each from where it begins. */
  readonly parts?: readonly { readonly label: string; readonly from: number }[];
  readonly curves: readonly Curve[];
}

const drawable = ([x, y]: Point): boolean => isDrawable(x) && isDrawable(y);

/** The values in order without the outermost hundredth at either end: a spike shall not flatten everything else. */
function withoutSpikes(values: readonly number[]): number[] {
  const cut = Math.floor(values.length / 100);
  return values.toSorted((a, b) => a - b).slice(cut, values.length - cut);
}

/** The figure as SVG, 372 wide. Faint points beyond the axis are drawn at its edge and counted in a note. */
export function drawCurves(figure: CurvesFigure): Drawing {
  const { curves } = figure;
  const all = curves.flatMap((curve) => [...curve.line, ...(curve.faint ?? [])]);
  const notes = leftOut(all.filter((point) => !drawable(point)).length, 'point');
  const lines = curves.flatMap((curve) => curve.line).filter(drawable);
  if (lines.length === 0) return { ...emptySheet(figure.title, 'Nothing to draw: no finite point.'), notes };

  const faint = curves.map((curve) => (curve.faint ?? []).filter(drawable));
  const bands = curves.map((curve) => (curve.band ?? []).filter((edges) => edges.every(isDrawable)));
  const x = domain([...lines, ...faint.flat()].map(([step]) => step));
  const needed = [
    ...lines.map(([, value]) => value),
    ...bands.flat().flatMap(([, low, high]) => [low, high]),
    ...faint.flatMap((points) => withoutSpikes(points.map(([, value]) => value))),
  ];
  const fitted = figure.y ?? towardsZero(domain(needed));
  const [low, high] = [...(Plot.scale({ y: { domain: fitted, nice: true } })?.domain ?? fitted)].map(
    Number,
  ) as [number, number];
  const beyond = faint.flat().filter(([, value]) => value < low || value > high).length;
  if (beyond > 0) {
    const lie = beyond === 1 ? 'step lies beyond the axis and is' : 'steps lie beyond the axis and are';
    notes.push(`${beyond} single ${lie} drawn at its edge.`);
  }

  const tick = (value: number): string => typesetNumber(value, 4);
  const marginLeft = 26 + Math.max(textWidth(tick(low)), textWidth(tick(high)), textWidth('0.00'));
  // One curve needs no name: the title says what it is.
  const key = legend(
    (curves.length === 1 ? [] : curves).map(({ name, ink, dash }) => ({
      label: name,
      fill: 'none',
      stroke: colour(ink),
      line: true,
      ...(dash === undefined ? {} : { dash }),
    })),
    8,
    WIDTH,
  );
  const soft = colour('soft');
  const gaps = (points: readonly Point[]): Point[] =>
    points.map((point): Point => (drawable(point) ? point : [Number.NaN, Number.NaN]));
  const parts = (figure.parts ?? []).filter(({ from }) => from <= x[1]);
  const chart = plotted({
    width: WIDTH,
    height: HEIGHT,
    marginLeft,
    marginTop: 36,
    marginRight: 14,
    marginBottom: 38,
    x: { domain: x },
    y: { domain: [low, high] },
    marks: [
      Plot.gridY({ stroke: colour('rule'), strokeOpacity: 1, ticks: 5 }),
      Plot.axisY({ fontSize: TEXT, fill: soft, label: null, tickFormat: tick, tickSize: 0, ticks: 5 }),
      Plot.axisX({ fontSize: TEXT, fill: soft, stroke: soft, label: null, tickFormat: tick, ticks: 5 }),
      Plot.ruleX(parts.slice(1), { x: 'from', stroke: soft, strokeDasharray: '1 3' }),
      Plot.text(parts, {
        x: (part) => Math.max(part.from, x[0]),
        y: high,
        dx: 3,
        dy: -8,
        text: (part) => fitText(part.label, 120),
        textAnchor: 'start',
        fill: soft,
      }),
      ...curves.map(({ ink }, i) =>
        Plot.areaY(bands[i]!, { x: '0', y1: '1', y2: '2', fill: colour(ink), fillOpacity: 0.18 }),
      ),
      ...curves.map(({ ink }, i) =>
        Plot.line(
          thinned(faint[i]!, BINS).map(([at, value]): Point => [at, Math.min(high, Math.max(low, value))]),
          { x: '0', y: '1', stroke: colour(ink), strokeWidth: 1, strokeOpacity: 0.28 },
        ),
      ),
      ...curves.map(({ line, ink, dash }) =>
        Plot.line(thinned(gaps(line), BINS), {
          x: '0',
          y: '1',
          stroke: colour(ink),
          strokeWidth: 1.9,
          ...(dash === undefined ? {} : { strokeDasharray: dash }),
        }),
      ),
      ...curves.map(({ dots = [], ink }) =>
        Plot.dot(dots.filter(drawable), { x: '0', y: '1', r: 2.5, fill: colour(ink), stroke: 'none' }),
      ),
    ],
  });
  const top = curves.length === 1 ? 0 : key.height + 4;
  const labels = html`<text x="8" y="14" text-anchor="start" fill="${soft}">${fitText(`${figure.yLabel}${cutNote([low, high], tick)}`, WIDTH - 16)}</text><text x="${WIDTH - 14}" y="${HEIGHT - 4}" text-anchor="end" fill="${soft}">${fitText(figure.xLabel, WIDTH - 40)}</text>`;
  const body = html`${key.body}${at(0, top, html`${chart}${labels}`)}`;
  const description = describeLines(
    figure,
    curves.map(({ name, line }) => ({ name, points: line })),
  );
  return {
    svg: sheet({ title: figure.title, description, width: WIDTH, height: top + HEIGHT }, body),
    notes,
    width: WIDTH,
  };
}
