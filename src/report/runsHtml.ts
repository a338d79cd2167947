// The report of several training runs: every measure of all of them over one axis, and where their configurations differ.
import type { Point } from '../claims/figure.ts';
import type { RunsDocument } from '../documents/runs.ts';
import type { MetricsLine } from '../documents/train.ts';
import { cell, head } from './cells.ts';
import { type Curve, type CurvesFigure, drawCurves } from './figures/curves.ts';
import { drawingHtml } from './figures/index.ts';
import { halfWindow, smoothed } from './figures/smooth.ts';
import { count } from './format.ts';
import { type Html, html, plainText } from './html.ts';
import { pageHtml } from './page/shell.ts';
import { light } from './theme.ts';

/** Characters of a folder's name on the page. */
const LONGEST_PATH = 300;

/** Neighbouring runs differ in dashes too, so that they are told apart in grey; runs of one colour have other dashes. */
const DASHES = [undefined, '6 3', '2 3'];

type Reader = (line: MetricsLine) => number | null;

const PANELS: readonly (readonly [title: string, yLabel: string, read: Reader])[] = [
  ['Reward', 'mean reward', (line) => line.reward],
  ['First attempt', 'accuracy of the first attempt', (line) => line.firstAttempt],
  ['P(STOP | right)', 'probability', (line) => line.stopGivenCorrect],
  ['P(RESAMPLE | wrong)', 'probability', (line) => line.resampleGivenWrong],
  ['Gradient, sample part', 'norm before clipping', (line) => line.gradNorm.sample],
  ['Gradient, decision part', 'norm before clipping', (line) => line.gradNorm.decision],
];

function curveOf(name: string, i: number, lines: readonly MetricsLine[], read: Reader): Curve {
  const points = lines.flatMap((line): Point[] => {
    const value = read(line);
    return value === null ? [] : [[line.step, value]];
  });
  const dash = DASHES[(i + Math.floor(i / light.series.length)) % DASHES.length];
  return {
    name: plainText(name, LONGEST_PATH),
    ink: `series-${i % light.series.length}`,
    ...(dash === undefined ? {} : { dash }),
    line: smoothed(points, halfWindow(points.length)),
  };
}

function panel(
  document: RunsDocument,
  metrics: readonly (readonly MetricsLine[])[],
  [title, yLabel, read]: (typeof PANELS)[number],
): Html | undefined {
  const curves = document.runs
    .map(({ dir }, i) => curveOf(dir, i, metrics[i] ?? [], read))
    .filter(({ line }) => line.length > 0);
  if (curves.length === 0) return undefined;
  const figure: CurvesFigure = { title, caption: '', xLabel: 'step', yLabel, curves };
  return drawingHtml(figure, drawCurves(figure));
}

function runsTable({ runs }: RunsDocument): Html {
  const columns = head([
    ['run', 'text'],
    ['preset', 'text'],
    ['task', 'text'],
    ['phases', 'text'],
    ['seed', 'num'],
    ['steps', 'num'],
  ]);
  const rows = runs.map(
    ({ dir, preset, seed, task, base, train, steps }) =>
      html`<tr role="row"><th role="rowheader" scope="row">${plainText(dir, LONGEST_PATH)}</th>${[
        cell('preset', preset ?? 'none, a file', 'text'),
        cell('task', task, 'text'),
        cell('phases', `${base}, then ${train}`, 'text'),
        cell('seed', String(seed)),
        cell('steps', String(steps)),
      ]}</tr>`,
  );
  return html`<section class="card" id="runs"><h2>The runs</h2><table role="table" class="numbers" aria-label="The runs">${columns}<tbody role="rowgroup">${rows}</tbody></table></section>`;
}

function differencesTable({ runs, differences }: RunsDocument): Html {
  if (differences.length === 0) {
    return html`<section class="card" id="differences"><h2>Where they differ</h2><p>Their configurations are the same.</p></section>`;
  }
  const names = runs.map(({ dir }) => plainText(dir, LONGEST_PATH));
  const columns = head([['entry', 'text'], ...names.map((name) => [name, 'num'] as const)]);
  const rows = differences.map(
    ({ key, values }) =>
      html`<tr role="row"><th role="rowheader" scope="row"><code>${key}</code></th>${values.map((value, i) => cell(names[i]!, value ?? '–'))}</tr>`,
  );
  return html`<section class="card" id="differences"><h2>Where they differ</h2><table role="table" class="numbers" aria-label="Entries that differ">${columns}<tbody role="rowgroup">${rows}</tbody></table></section>`;
}

/** The page, complete. Same runs, same bytes. Everything that comes from a file or a user is escaped. `metrics` has the lines of each run. */
export function runsHtml(document: RunsDocument, metrics: readonly (readonly MetricsLine[])[]): string {
  const figures = PANELS.map((p) => panel(document, metrics, p));
  const title = count(document.runs.length, 'run');
  const body = html`<header><p class="eyebrow">gradsplit report</p>
<div class="banner plain"><h1>${title} beside each other</h1>
<p>Every curve is smoothed by the mean over its neighbours; a run has one look in all pictures.</p></div>
</header>
<section class="card" id="curves"><h2>How they went</h2>${figures.every((figure) => figure === undefined) ? html`<p>No step yet.</p>` : html`<div class="curves">${figures}</div>`}</section>
${differencesTable(document)}
${runsTable(document)}`;
  const parts = [
    { id: 'curves', label: 'How they went' },
    { id: 'differences', label: 'Where they differ' },
    { id: 'runs', label: 'The runs' },
  ];
  return pageHtml({ title: `${title} – gradsplit report`, parts }, body);
}
