// The picture of a lab: one to three panels of curves and points with the bands of their intervals, closed forms dashed and grey.
import * as Plot from '@observablehq/plot';
import type { Point } from '../../claims/figure.ts';
import type { LabPicture, PictureCurve, PicturePanel, SeriesBand } from '../../labs/index.ts';
import { type Html, html } from '../html.ts';
import { colour } from '../theme.ts';
import { cutNote } from './axes.ts';
import { at, type Drawing, fitText, plotted, sheet, TEXT, textWidth } from './canvas.ts';
import { describeLines } from './describe.ts';
import { type Entry, type Legend, legend } from './legend.ts';
import { type Look, looksOf } from './xyLooks.ts';
import { clamped, isOn, type Scale, scaleOf, tickText } from './xyScales.ts';

/** Columns by name over seeds. */
export type XySeries = Readonly<Record<string, SeriesBand>>;

/** Two panels stand side by side on a page, and one fits a phone. */
const WIDTH = 372;
const HEIGHT = 260;
const TITLE = 22;

/** On a logarithmic axis bands reach at most so far beyond what is drawn: ln √10. */
const HALF_DECADE = Math.log(10) / 2;

/** A point with its intervals. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly left: number;
  readonly right: number;
}

interface Placed {
  readonly curve: PictureCurve;
  readonly look: Look;
  readonly places: readonly Place[];
}

function columnOf(series: XySeries, name: string): SeriesBand {
  const column = series[name];
  if (column === undefined) throw new Error(`the picture names a column ${name}, and the series have none`);
  return column;
}

function placed(curve: PictureCurve, series: XySeries, look: Look): Placed {
  const [x, y] = [columnOf(series, curve.x), columnOf(series, curve.y)];
  const length = Math.min(x.mean.length, y.mean.length);
  const places = Array.from({ length }, (_, i) => ({
    x: x.mean[i]!,
    y: y.mean[i]!,
    low: y.low[i]!,
    high: y.high[i]!,
    left: x.low[i]!,
    right: x.high[i]!,
  }));
  return { curve, look, places };
}

/** The values that the y axis shows: all means, and bands as far as they do not make them flat. */
function shownValues(curves: readonly Placed[], isLog: boolean): number[] {
  const to = (value: number): number => (isLog ? Math.log(value) : value);
  const from = (value: number): number => (isLog ? Math.exp(value) : value);
  const means = curves.flatMap(({ places }) => places.map(({ y }) => y)).filter((y) => !isLog || y > 0);
  const drawn = means.map(to).filter(Number.isFinite);
  if (drawn.length === 0) return means;
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  const spread = high - low || Math.abs(high) / 2 || 1;
  const margin = isLog ? Math.min(spread, HALF_DECADE) : spread;
  const edges = curves
    .filter(({ curve }) => curve.isReference !== true)
    .flatMap(({ places }) => places.flatMap((place) => [place.low, place.high]))
    .map((value) => (isLog && value <= 0 ? low - margin : to(value)))
    .filter(Number.isFinite)
    .map((value) => from(Math.min(high + margin, Math.max(low - margin, value))));
  return [...means, ...edges];
}

interface Axes {
  readonly x: Scale;
  readonly y: Scale;
}

function axesOf(panel: PicturePanel, curves: readonly Placed[]): Axes | undefined {
  const xs = curves.flatMap(({ places }) => places.map((place) => place.x));
  const x = scaleOf(panel.x, xs, panel.hasDiagonal === true);
  const y = scaleOf(panel.y, shownValues(curves, panel.y.scale === 'log'), true);
  return x === undefined || y === undefined ? undefined : { x, y };
}

const isLine = ({ as, isReference }: PictureCurve): boolean => as !== 'dots' || isReference === true;
const isDots = ({ as, isReference }: PictureCurve): boolean => as !== 'line' && isReference !== true;

function marksOf({ curve, look, places }: Placed, { x, y }: Axes): Plot.Markish[] {
  const ink = colour(look.ink);
  const isShown = (place: Place): boolean => isOn(x, place.x) && isOn(y, place.y);
  const shown = places.filter(isShown);
  const bands = places
    .filter((place) => isOn(x, place.x) && [place.low, place.high].every(Number.isFinite))
    .map((place) => [place.x, clamped(y, place.low), clamped(y, place.high)] as const);
  const dash = look.dash === undefined ? {} : { strokeDasharray: look.dash };
  const across = shown.filter(({ left, right }) => [left, right].every(Number.isFinite) && right > left);
  return [
    isLine(curve) && curve.isReference !== true
      ? Plot.areaY(bands, { x: '0', y1: '1', y2: '2', fill: ink, fillOpacity: 0.18 })
      : null,
    isLine(curve)
      ? Plot.line(
          // A point that cannot be drawn leaves a gap.
          places.map((place): Point => (isShown(place) ? [place.x, place.y] : [Number.NaN, Number.NaN])),
          { x: '0', y: '1', stroke: ink, strokeWidth: curve.isReference === true ? 1.5 : 1.9, ...dash },
        )
      : null,
    curve.as === 'dots' && curve.isReference !== true
      ? Plot.link(
          bands.filter(([, low, high]) => high > low),
          { x1: '0', x2: '0', y1: '1', y2: '2', stroke: ink, strokeOpacity: 0.6 },
        )
      : null,
    curve.as === 'dots' && curve.isReference !== true
      ? Plot.link(across, {
          x1: (place: Place) => clamped(x, place.left),
          x2: (place: Place) => clamped(x, place.right),
          y1: 'y',
          y2: 'y',
          stroke: ink,
          strokeOpacity: 0.6,
        })
      : null,
    isDots(curve)
      ? Plot.dot(shown, {
          x: 'x',
          y: 'y',
          r: 3.5,
          symbol: look.symbol,
          fill: colour('paper'),
          stroke: ink,
          strokeWidth: 1.75,
        })
      : null,
  ];
}

const DIAGONAL = { stroke: 'soft', dash: '3 4' } as const;

function diagonalMark({ x, y }: Axes): Plot.Markish {
  const low = Math.max(x.domain[0], y.domain[0]);
  const high = Math.min(x.domain[1], y.domain[1]);
  if (!(low < high)) return null;
  // On two axes of which one is logarithmic it is no straight line.
  const line = Array.from({ length: 33 }, (_, i): Point => {
    const share = i / 32;
    const value = x.type === 'log' ? low * (high / low) ** share : low + (high - low) * share;
    return [value, value];
  });
  return Plot.line(line, {
    x: '0',
    y: '1',
    stroke: colour(DIAGONAL.stroke),
    strokeDasharray: DIAGONAL.dash,
  });
}

function entriesOf(panel: PicturePanel, curves: readonly Placed[]): Entry[] {
  const entries = curves.map(
    ({ curve, look }): Entry => ({
      label: curve.name,
      fill: colour('paper'),
      stroke: colour(look.ink),
      line: isLine(curve),
      ...(isDots(curve) ? { symbol: look.symbol } : {}),
      ...(look.dash === undefined ? {} : { dash: look.dash }),
    }),
  );
  const diagonal = { label: 'y = x', fill: 'none', stroke: colour(DIAGONAL.stroke), line: true };
  return panel.hasDiagonal === true ? [...entries, { ...diagonal, dash: DIAGONAL.dash }] : entries;
}

/** `2 points lie beyond the axes or are no numbers, and are not drawn.`, or nothing. */
function beyond(n: number): string[] {
  if (n === 0) return [];
  return [
    n === 1
      ? '1 point lies beyond the axes or is no number, and is not drawn.'
      : `${n} points lie beyond the axes or are no numbers, and are not drawn.`,
  ];
}

interface DrawnPanel {
  readonly key: Legend;
  readonly chart: Html;
  readonly description: string;
  readonly notes: readonly string[];
}

function chartOf(panel: PicturePanel, curves: readonly Placed[], axes: Axes): Html {
  const { x, y } = axes;
  const soft = colour('soft');
  const ends = [...y.domain, ...(y.ticks ?? [])].map((value) => textWidth(tickText(value)));
  const ticks = ({ ticks: at }: Scale): object => (at === undefined ? { ticks: 5 } : { ticks: [...at] });
  const chart = plotted({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 20 + Math.max(...ends, textWidth('0.00')),
    marginTop: 30,
    marginRight: 18,
    marginBottom: 40,
    x: { type: x.type, domain: [...x.domain], inset: 6 },
    y: { type: y.type, domain: [...y.domain] },
    marks: [
      Plot.gridY({ stroke: colour('rule'), strokeOpacity: 1, ...ticks(y) }),
      Plot.axisY({ fontSize: TEXT, fill: soft, label: null, tickFormat: tickText, tickSize: 0, ...ticks(y) }),
      Plot.axisX({
        fontSize: TEXT,
        fill: soft,
        stroke: soft,
        label: null,
        tickFormat: tickText,
        ...ticks(x),
      }),
      panel.hasDiagonal === true ? diagonalMark(axes) : null,
      ...curves.flatMap((one) => marksOf(one, axes)),
    ],
  });
  const logarithmic = (scale: Scale): string => (scale.type === 'log' ? ', logarithmic' : '');
  const cut = y.type === 'log' ? logarithmic(y) : cutNote(y.domain, tickText);
  return html`${chart}<text x="8" y="14" text-anchor="start" fill="${soft}">${fitText(`${panel.y.label}${cut}`, WIDTH - 16)}</text><text x="${WIDTH - 18}" y="${HEIGHT - 4}" text-anchor="end" fill="${soft}">${fitText(`${panel.x.label}${logarithmic(x)}`, WIDTH - 40)}</text>`;
}

function drawPanel(panel: PicturePanel, series: XySeries, lookOf: (curve: PictureCurve) => Look): DrawnPanel {
  const curves = panel.curves.map((curve) => placed(curve, series, lookOf(curve)));
  const axes = axesOf(panel, curves);
  const all = curves.flatMap(({ places }) => places);
  const missing =
    axes === undefined ? 0 : all.filter(({ x, y }) => !isOn(axes.x, x) || !isOn(axes.y, y)).length;
  const lines = curves.map(({ curve, places }) => ({
    name: curve.name,
    points: places.map(({ x, y }): Point => [x, y]),
  }));
  const nothing = html`<text x="${WIDTH / 2}" y="${HEIGHT / 2}" fill="${colour('soft')}">Nothing to draw: no finite point.</text>`;
  return {
    key: legend(entriesOf(panel, curves), 8, WIDTH),
    chart: axes === undefined ? nothing : chartOf(panel, curves, axes),
    description: describeLines({ xLabel: panel.x.label, yLabel: panel.y.label }, lines),
    notes: beyond(missing),
  };
}

/** Every panel as a picture of its own, 372 wide: as many stand side by side on a page as fit. */
export function drawXyPanels(picture: LabPicture, series: XySeries): Drawing[] {
  const lookOf = looksOf(picture);
  return picture.panels.map((panel) => {
    const { key, chart, description, notes } = drawPanel(panel, series, lookOf);
    const top = key.height + 6;
    const body = html`${key.body}${at(0, top, chart)}`;
    const title = panel.title;
    return {
      svg: sheet({ title, description, width: WIDTH, height: top + HEIGHT }, body),
      notes,
      width: WIDTH,
    };
  });
}

/** All panels side by side under their titles, as one picture. */
export function drawXy(picture: LabPicture, series: XySeries): Drawing {
  const lookOf = looksOf(picture);
  const panels = picture.panels.map((panel) => ({ panel, ...drawPanel(panel, series, lookOf) }));
  const top = TITLE + Math.max(...panels.map(({ key }) => key.height)) + 6;
  const width = WIDTH * panels.length;
  const body = panels.map(({ panel, key, chart }, i) => {
    const heading = html`<text x="8" y="15" text-anchor="start" font-weight="600">${fitText(panel.title, WIDTH - 16)}</text>`;
    return at(i * WIDTH, 0, html`${heading}${at(0, TITLE, key.body)}${at(0, top, chart)}`);
  });
  const description = panels.map((one) => `${one.panel.title}. ${one.description}`).join(' ');
  return {
    svg: sheet({ title: picture.title, description, width, height: top + HEIGHT }, html`${body}`),
    notes: [...new Set(panels.flatMap(({ notes }) => notes))],
    width,
  };
}
