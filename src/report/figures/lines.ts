// Measured points with the closed form drawn through them.
import * as Plot from '@observablehq/plot';
import type { LinesFigure, Point } from '../../claims/figure.ts';
import { typesetNumber } from '../format.ts';
import { html } from '../html.ts';
import { colour, light } from '../theme.ts';
import { countingTicks, cutNote, domain, towardsZero } from './axes.ts';
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
  WIDTH,
} from './canvas.ts';
import { describeLines } from './describe.ts';
import { type Entry, legend } from './legend.ts';

const HEIGHT = 300;

/** Shapes tell series apart where colours do not. */
const SYMBOLS: readonly Plot.SymbolType[] = ['circle', 'square', 'triangle', 'diamond2', 'times', 'star'];

/** Components look the same in every chart: decisions are squares on dashes. */
const COMPONENT_SYMBOLS = { sample: 'circle', decision: 'square' } as const;
const DECISION_DASH = '7 3';

function isDrawablePoint([x, y]: Point): boolean {
  return isDrawable(x) && isDrawable(y);
}

/** The figure as SVG, 640 wide. Points and curve points that cannot be drawn are skipped and counted in a note. */
export function drawLines(figure: LinesFigure): Drawing {
  const all = figure.series.flatMap((series) => [...series.points, ...(series.curve ?? [])]);
  const points = all.filter(isDrawablePoint);
  const notes = leftOut(all.length - points.length, 'point');
  if (points.length === 0) return { ...emptySheet(figure.title, 'Nothing to draw: no finite point.'), notes };

  const xs = points.map(([x]) => x);
  const x = domain(xs);
  const y = towardsZero(domain(points.map(([, value]) => value)));
  const series = figure.series.map(({ name, component, points: measured, curve = [] }, i) => {
    const ink = colour(component ?? `series-${i % light.series.length}`);
    const dash = component === 'decision' ? DECISION_DASH : undefined;
    const entry: Entry = {
      label: name,
      symbol: component === undefined ? SYMBOLS[i % SYMBOLS.length]! : COMPONENT_SYMBOLS[component],
      ...(dash === undefined ? {} : { dash }),
      fill: 'none',
      stroke: ink,
      line: curve.length > 0,
    };
    // A point that cannot be drawn leaves a gap in its curve.
    const line = curve.map((point): Point => (isDrawablePoint(point) ? point : [Number.NaN, Number.NaN]));
    return { measured: measured.filter(isDrawablePoint), curve: line, entry, ink, dash };
  });

  const tick = (value: number): string => typesetNumber(value, 4);
  const rounded = [...(Plot.scale({ y: { domain: y, nice: true } })?.domain ?? y)].map(Number);
  const marginLeft = 30 + Math.max(...rounded.map((value) => textWidth(tick(value))));
  const key = legend(
    series.map(({ entry }) => entry),
    8,
  );
  const top = key.height + 8;
  const chart = plotted({
    width: WIDTH,
    height: HEIGHT,
    marginLeft,
    marginTop: 30,
    marginRight: 20,
    marginBottom: 40,
    x: { domain: x, inset: 8 },
    y: { domain: y, nice: true },
    marks: [
      Plot.gridY({ stroke: colour('rule'), strokeOpacity: 1 }),
      Plot.axisY({ fontSize: TEXT, fill: colour('soft'), label: null, tickFormat: tick, tickSize: 0 }),
      Plot.axisX({
        fontSize: TEXT,
        fill: colour('soft'),
        stroke: colour('soft'),
        label: null,
        tickFormat: tick,
        ...countingTicks(x, xs),
      }),
      ...series.map(({ curve, ink, dash }) =>
        Plot.line(curve, {
          x: '0',
          y: '1',
          stroke: ink,
          strokeWidth: 1.75,
          ...(dash === undefined ? {} : { strokeDasharray: dash }),
        }),
      ),
      ...series.map(({ measured, entry }) =>
        Plot.dot(measured, {
          x: '0',
          y: '1',
          r: 4,
          symbol: entry.symbol,
          fill: entry.fill,
          stroke: entry.stroke,
          strokeWidth: 1.75,
        }),
      ),
    ],
  });
  const labels = html`<text x="8" y="14" text-anchor="start" fill="${colour('soft')}">${fitText(`${figure.yLabel}${cutNote(rounded, tick)}`, WIDTH - 16)}</text><text x="${WIDTH - 20}" y="${HEIGHT - 4}" text-anchor="end" fill="${colour('soft')}">${fitText(figure.xLabel, WIDTH - 40)}</text>`;
  const height = top + HEIGHT;
  const description = describeLines(figure, figure.series);
  return {
    svg: sheet(
      { title: figure.title, description, width: WIDTH, height },
      html`${key.body}${at(0, top, html`${chart}${labels}`)}`,
    ),
    notes,
    width: WIDTH,
  };
}
