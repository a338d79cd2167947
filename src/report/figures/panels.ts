// The small panels that explain what gradsplit is about: one trajectory, what grows with its length, and the pull on a decision.
import * as Plot from '@observablehq/plot';
import type { Point } from '../../claims/figure.ts';
import { formatShare, typesetNumber } from '../format.ts';
import { type Html, html } from '../html.ts';
import { colour } from '../theme.ts';
import { isDrawable, pixels, plotted, TEXT, textWidth } from './canvas.ts';
import { spokenPoints } from './describe.ts';
import { hatching } from './hatch.ts';

/** Size of every panel, in pixels: one fits a phone, three stand side by side on a page. */
export const PANEL = { width: 290, height: 150 } as const;

/** A panel: a sentence that says what is seen, and the picture of it. */
export interface Panel {
  readonly title: string;
  readonly sentence: string;
  readonly description: string;
  readonly body: Html;
}

/** A value of both components over the length L of an attempt. */
export interface Masses {
  readonly sample: readonly Point[];
  readonly decision: readonly Point[];
}

/** What pulls on the decision to try again, over L: derivatives with respect to the logit of RESAMPLE, by gradient descent on it. */
export interface Pulls {
  readonly kl: readonly Point[];
  readonly reward: readonly Point[];
}

interface Box {
  readonly text: string;
  readonly component: 'sample' | 'decision' | 'prompt';
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const BOX = 24;

function boxes(row: number, entries: readonly (readonly [string, Box['component']])[]): Box[] {
  let x = 8;
  return entries.map(([text, component]) => {
    const width = component === 'prompt' ? textWidth(text) + 6 : Math.max(BOX, textWidth(text) + 14);
    const box = { text, component, x, y: 4 + row * 36, width };
    x += width + 5;
    return box;
  });
}

/** A response of two attempts with its tokens by component. */
export function trajectoryPanel(): Panel {
  const all = [
    ...boxes(0, [['prompt 4 + 8 =', 'prompt']]),
    ...boxes(1, [
      ['1', 'sample'],
      ['1', 'sample'],
      ['RESAMPLE', 'decision'],
    ]),
    ...boxes(2, [
      ['1', 'sample'],
      ['2', 'sample'],
      ['STOP', 'decision'],
    ]),
  ];
  const drawn = all.map(({ text, component, x, y, width }) => {
    const middle = html`<text x="${x + width / 2}" y="${y + 16}">${text}</text>`;
    if (component === 'prompt') return html`<text x="${x}" y="${y + 16}" text-anchor="start">${text}</text>`;
    const ink = colour(component);
    const radius = component === 'decision' ? 12 : 2;
    return html`<rect x="${x}" y="${y}" width="${width}" height="${BOX}" rx="${radius}" fill="${ink}" fill-opacity="0.14" stroke="${ink}" stroke-width="1.75"/>${middle}`;
  });
  const notes = [
    ['wrong: tries again', 1],
    ['right: reward 1', 2],
  ] as const;
  const said = notes.map(([text, row]) => {
    const last = all.filter(({ y }) => y === 4 + row * 36).at(-1)!;
    return html`<text x="${last.x + last.width + 8}" y="${last.y + 16}" text-anchor="start" fill="${colour('soft')}">${text}</text>`;
  });
  const key = (x: number, component: 'sample' | 'decision', text: string): Html =>
    html`<rect x="${x}" y="120" width="14" height="14" rx="${component === 'decision' ? 7 : 2}" fill="${colour(component)}"/>${component === 'decision' ? hatching([{ x1: x + 2, y1: 122, x2: x + 12, y2: 132 }]) : undefined}<text x="${x + 20}" y="131" text-anchor="start">${text}</text>`;
  return {
    title: 'One response',
    sentence:
      'A model that corrects itself samples tokens (blue), and decides whether to hand in or to try again (orange).',
    description:
      'The prompt 4 + 8 = is answered by two attempts: sampled tokens 1 1, decision RESAMPLE, sampled tokens 1 2, decision STOP, reward 1.',
    body: html`${drawn}${said}${key(8, 'sample', 'sampled token')}${key(140, 'decision', 'decision')}`,
  };
}

/** How one total divides between the components: a bar with the two shares. */
export function sharePanel(
  texts: Pick<Panel, 'title' | 'sentence'> & { readonly unit: string },
  { sample, decision }: { readonly sample: number; readonly decision: number },
): Panel {
  const total = sample + decision;
  const [left, right, top, bottom] = [8, PANEL.width - 8, 58, 90];
  const known = isDrawable(total) && total > 0;
  const cut = known ? left + (sample / total) * (right - left) : left;
  const part = (x1: number, x2: number, component: 'sample' | 'decision'): Html =>
    html`<rect x="${x1.toFixed(1)}" y="${top}" width="${Math.max(0, x2 - x1).toFixed(1)}" height="${bottom - top}" fill="${colour(component)}"/>`;
  const bar = known
    ? html`${part(left, cut, 'sample')}${part(cut, right, 'decision')}${hatching([{ x1: cut, x2: right, y1: top, y2: bottom }])}`
    : html`<text x="${PANEL.width / 2}" y="78" fill="${colour('soft')}">nothing to divide</text>`;
  const share = (x: number, anchor: string, value: number, name: string): Html =>
    html`<text x="${x}" y="46" text-anchor="${anchor}" font-size="15" font-weight="650">${formatShare(value, total)}</text><text x="${x}" y="108" text-anchor="${anchor}">${name}</text><text x="${x}" y="124" text-anchor="${anchor}" fill="${colour('soft')}">${typesetNumber(value, 3)}</text>`;
  return {
    ...texts,
    description: `${texts.unit}: sampling ${typesetNumber(sample, 4)}, deciding ${typesetNumber(decision, 4)}.`,
    body: html`<text x="8" y="18" text-anchor="start" fill="${colour('soft')}">${texts.unit}</text>${bar}${share(left, 'start', sample, 'sampling')}${share(right, 'end', decision, 'deciding')}`,
  };
}

/** Both components over L, each with its name at its end. The axis begins at 0 or below. */
export function massPanel(
  texts: Pick<Panel, 'title' | 'sentence'> & { readonly yLabel: string },
  { sample, decision }: Masses,
): Panel {
  const lines = (['sample', 'decision'] as const).map((component) => ({
    component,
    points: { sample, decision }[component].filter(([x, y]) => isDrawable(x) && isDrawable(y)),
  }));
  const all = lines.flatMap(({ points }) => points);
  const values = all.map(([, y]) => y);
  const low = values.reduce((a, b) => Math.min(a, b), 0);
  const high = values.reduce((a, b) => Math.max(a, b), low + 1e-9);
  const tick = (value: number): string => typesetNumber(value, 2);
  const body = plotted({
    width: PANEL.width,
    height: PANEL.height,
    marginLeft: 42,
    marginTop: 26,
    marginRight: 12,
    marginBottom: 28,
    x: { domain: [all[0]?.[0] ?? 0, all.at(-1)?.[0] ?? 1] },
    // Room for a name above the upper line.
    y: { domain: [low, high + 0.18 * (high - low)] },
    marks: [
      Plot.gridY({ stroke: colour('rule'), strokeOpacity: 1, ticks: 3 }),
      Plot.axisY({
        fontSize: TEXT,
        fill: colour('soft'),
        label: null,
        tickFormat: tick,
        tickSize: 0,
        ticks: 3,
      }),
      Plot.axisX({
        fontSize: TEXT,
        fill: colour('soft'),
        stroke: colour('soft'),
        label: null,
        tickFormat: tick,
        ticks: all
          .slice(0, sample.length)
          .map(([x]) => x)
          .filter((_, i, xs) => i === 0 || i === xs.length - 1),
      }),
      ...lines.map(({ component, points }) =>
        Plot.line(points, {
          x: '0',
          y: '1',
          stroke: colour(component),
          strokeWidth: 2.25,
          ...(component === 'decision' ? { strokeDasharray: '7 3' } : {}),
        }),
      ),
      ...lines.map(({ component, points }) =>
        Plot.dot(points, {
          x: '0',
          y: '1',
          r: 3,
          symbol: component === 'decision' ? 'square' : 'circle',
          fill: colour(component),
          stroke: 'none',
        }),
      ),
    ],
  });
  const middle = (PANEL.width + 30) / 2;
  const labels = html`<text x="8" y="12" text-anchor="start" fill="${colour('soft')}">${texts.yLabel}</text><text x="${middle}" y="${PANEL.height - 8}" fill="${colour('soft')}">tokens of an attempt, L</text>`;
  return {
    ...texts,
    description: `Over the attempt length L. Sampled tokens: ${spokenPoints(sample)}. Decisions: ${spokenPoints(decision)}.`,
    body: html`${body}${labels}`,
  };
}

/** Lengths whose arrow is drawn. */
const SHOWN = [1, 4, 8];

/** Arrows from the middle: to the left towards STOP, to the right towards RESAMPLE. */
export function pullPanel(texts: Pick<Panel, 'title' | 'sentence'>, { kl, reward }: Pulls): Panel {
  const at = (points: readonly Point[], L: number): number =>
    points.find(([x]) => x === L)?.[1] ?? Number.NaN;
  const rows = [
    ...SHOWN.map((L) => ({ label: `KL, L = ${L}`, ink: 'decision' as const, pull: -at(kl, L) })),
    { label: 'reward, any L', ink: 'ink' as const, pull: at(reward, SHOWN[0]!) },
  ].filter(({ pull }) => isDrawable(pull));
  const largest = rows.reduce((most, { pull }) => Math.max(most, Math.abs(pull)), 0);
  const [left, right] = [100, PANEL.width - 8];
  // Zero stands where arrows on both sides have room.
  const towardsRight = Math.max(0.22 * largest, ...rows.map(({ pull }) => pull));
  const towardsLeft = Math.max(0.22 * largest, ...rows.map(({ pull }) => -pull));
  const scale = largest === 0 ? 0 : (right - left) / (towardsLeft + towardsRight);
  const zero = largest === 0 ? (left + right) / 2 : left + towardsLeft * scale;
  const arrows = rows.map(({ label, ink, pull }, i) => ({
    label,
    ink,
    y: 42 + i * 26,
    x: zero + pull * scale,
    head: Math.sign(pull) * Math.min(7, Math.abs(pull) * scale),
  }));
  const body = pixels(PANEL.width, PANEL.height, [
    Plot.ruleX([zero], { y1: 26, y2: 134, stroke: colour('soft') }),
    Plot.link(arrows, {
      x1: zero,
      x2: (d) => d.x - d.head * 0.7,
      y1: 'y',
      y2: 'y',
      stroke: (d) => colour(d.ink),
      strokeWidth: 4,
    }),
  ]);
  const heads = arrows.map(
    ({ x, y, head, ink }) =>
      html`<path d="M${x.toFixed(1)},${y}l${(-head).toFixed(1)},-6v12z" fill="${colour(ink)}"/>`,
  );
  const names = arrows.map(
    ({ label, y }) => html`<text x="8" y="${y + 4}" text-anchor="start">${label}</text>`,
  );
  const ends = html`<text x="${left}" y="16" text-anchor="start" fill="${colour('soft')}">← STOP</text><text x="${right}" y="16" text-anchor="end" fill="${colour('soft')}">RESAMPLE →</text>`;
  return {
    ...texts,
    description: `Derivatives with respect to the logit of RESAMPLE, over L. KL, followed downhill: ${spokenPoints(kl)}. Reward, followed uphill: ${spokenPoints(reward)}.`,
    body: html`${body}${heads}${names}${ends}`,
  };
}
