// A swap of components: two by two policies with their accuracy, and the gain shared out between sampling and deciding.
import * as Plot from '@observablehq/plot';
import type { Estimate } from '../../documents/evaluation.ts';
import type { Grid, Shapley } from '../../training/index.ts';
import { typesetNumber, typesetSigned } from '../format.ts';
import { type Html, html } from '../html.ts';
import { colour } from '../theme.ts';
import { at, type Drawing, fitText, isDrawable, pixels, sheet, TEXT } from './canvas.ts';
import { hatching } from './hatch.ts';

const WIDTH = 460;
const LEFT = 64;
const CELL_WIDTH = 74;
const CELL_HEIGHT = 46;
const MAP_HEIGHT = 60 + 2 * CELL_HEIGHT;
const BAR = 44;

/** One split: accuracy of the four policies, and the two parts of the gain. */
export interface SwapPanel {
  readonly label: string;
  readonly accuracy: Grid<Estimate>;
  readonly shapley: Shapley<Estimate>;
}

/** A pair a → b on several splits. */
export interface SwapFigure {
  readonly title: string;
  readonly caption: string;
  readonly a: string;
  readonly b: string;
  readonly panels: readonly [SwapPanel, SwapPanel];
  /** What full colour stands for; other accuracies are shades of it. */
  readonly full: number;
  /** From where to where the bars run. */
  readonly gains: readonly [number, number];
}

/** `0.412` and the half of its interval; a dash where it is not known. */
function cellText({ mean, ci95 }: Estimate): [string, string] {
  if (!isDrawable(mean)) return ['–', ''];
  const half = (ci95[1] - ci95[0]) / 2;
  return [mean.toFixed(3), half > 0 && isDrawable(half) ? `±\u2009${half.toFixed(3)}` : ''];
}

function map({ accuracy, label }: SwapPanel, { a, b, full }: SwapFigure): Html {
  const cells = (['a', 'b'] as const).flatMap((x, row) =>
    (['a', 'b'] as const).map((y, column) => {
      const estimate = accuracy[`${x}/${y}`];
      const [value, spread] = cellText(estimate);
      const shade =
        isDrawable(estimate.mean) && full > 0 ? Math.min(1, Math.max(0, estimate.mean / full)) : 0;
      return { x: LEFT + column * CELL_WIDTH, y: 46 + row * CELL_HEIGHT, value, spread, shade };
    }),
  );
  const middle = LEFT + CELL_WIDTH;
  const soft = colour('soft');
  const body = pixels(WIDTH / 2, MAP_HEIGHT, [
    Plot.rect(cells, {
      x1: 'x',
      x2: (d) => d.x + CELL_WIDTH - 2,
      y1: 'y',
      y2: (d) => d.y + CELL_HEIGHT - 2,
      fill: colour('positive'),
      fillOpacity: 'shade',
      stroke: colour('rule'),
    }),
    Plot.text(cells, {
      x: (d) => d.x + CELL_WIDTH / 2 - 1,
      y: (d) => d.y + (d.spread === '' ? 22 : 16),
      text: 'value',
      fontSize: TEXT + 1,
      fontVariant: 'tabular-nums',
    }),
    Plot.text(cells, {
      x: (d) => d.x + CELL_WIDTH / 2 - 1,
      y: (d) => d.y + 32,
      text: 'spread',
      fontSize: TEXT,
      fontVariant: 'tabular-nums',
    }),
  ]);
  const heads = [a, b].map(
    (name, i) =>
      html`<text x="${LEFT + (i + 0.5) * CELL_WIDTH}" y="40" fill="${colour('decision')}">${fitText(name, CELL_WIDTH - 4)}</text><text x="${LEFT - 8}" y="${46 + (i + 0.5) * CELL_HEIGHT + 4}" text-anchor="end" fill="${colour('sample')}">${fitText(name, LEFT - 14)}</text>`,
  );
  return html`${body}<text x="8" y="14" text-anchor="start" font-weight="600">${fitText(label, 220)}</text><text x="${middle}" y="26" fill="${soft}">decides</text><text x="${LEFT - 8}" y="40" text-anchor="end" fill="${soft}">samples</text>${heads}`;
}

/** The gain as two bars from zero, each with its interval and its number. */
function bars({ label, shapley }: SwapPanel, { gains: [low, high] }: SwapFigure): Html {
  const [left, right] = [110, WIDTH - 150];
  const place = (value: number): number =>
    left + ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (right - left);
  const parts = (['sample', 'decision'] as const).map((part, i) => ({
    part,
    y: 10 + i * 19,
    ...shapley[part],
  }));
  const known = parts.filter(({ mean, ci95 }) => [mean, ...ci95].every(isDrawable));
  const body = pixels(WIDTH, BAR, [
    Plot.rect(known, {
      x1: (d) => Math.min(place(0), place(d.mean)),
      x2: (d) => Math.max(place(0), place(d.mean)),
      y1: (d) => d.y - 7,
      y2: (d) => d.y + 7,
      fill: (d) => colour(d.part),
    }),
    Plot.link(known, {
      x1: (d) => place(d.ci95[0]),
      x2: (d) => place(d.ci95[1]),
      y1: 'y',
      y2: 'y',
      stroke: colour('ink'),
      strokeWidth: 1.25,
    }),
    Plot.ruleX([place(0)], { y1: 0, y2: BAR - 6, stroke: colour('soft') }),
  ]);
  const words = parts.map(({ part, y, mean, ci95: [from, to] }) => {
    const interval =
      isDrawable(from) && isDrawable(to) ? ` [${typesetNumber(from, 2)}, ${typesetNumber(to, 2)}]` : '';
    const value = isDrawable(mean) ? `${typesetSigned(mean, 2)}${interval}` : '–';
    return html`<text x="${left - 8}" y="${y + 4}" text-anchor="end" fill="${colour(part)}">${part === 'sample' ? 'sampling' : 'deciding'}</text><text x="${WIDTH - 8}" y="${y + 4}" text-anchor="end" font-size="${TEXT}">${value}</text>`;
  });
  const hatched = hatching(
    known
      .filter(({ part }) => part === 'decision')
      .map(({ mean, y }) => ({
        x1: Math.min(place(0), place(mean)),
        x2: Math.max(place(0), place(mean)),
        y1: y - 7,
        y2: y + 7,
      })),
  );
  return html`${body}${hatched}${words}<text x="8" y="23" text-anchor="start" font-weight="600">${fitText(label, 40)}</text>`;
}

function describeSwap({ a, b, panels }: SwapFigure): string {
  const shown = ({ mean, ci95: [low, high] }: Estimate): string =>
    [mean, low, high].every(isDrawable)
      ? `${typesetNumber(mean, 3)} [${typesetNumber(low, 3)}, ${typesetNumber(high, 3)}]`
      : 'not known';
  const name = { a, b };
  const each = panels.map(({ label, accuracy, shapley }) => {
    const cells = (['a', 'b'] as const).flatMap((x) =>
      (['a', 'b'] as const).map(
        (y) => `${name[x]} samples and ${name[y]} decides ${shown(accuracy[`${x}/${y}`])}`,
      ),
    );
    return `${label}, accuracy: ${cells.join(', ')}; gain through sampling ${shown(shapley.sample)}, through deciding ${shown(shapley.decision)}`;
  });
  return `${each.join('. ')}.`;
}

/** The figure as SVG, 460 wide. */
export function drawSwap(figure: SwapFigure): Drawing {
  const [id, ood] = figure.panels;
  const gains = html`<text x="8" y="12" text-anchor="start" fill="${colour('soft')}">${fitText(`gain in accuracy from ${figure.a} to ${figure.b}, by component`, WIDTH - 16)}</text>${at(0, 22, bars(id, figure))}${at(0, 22 + BAR + 6, bars(ood, figure))}`;
  const body = html`${at(0, 0, map(id, figure))}${at(WIDTH / 2, 0, map(ood, figure))}${at(0, MAP_HEIGHT, gains)}`;
  const height = MAP_HEIGHT + 22 + 2 * BAR + 8;
  const description = describeSwap(figure);
  return {
    svg: sheet({ title: figure.title, description, width: WIDTH, height }, body),
    notes: [],
    width: WIDTH,
  };
}
