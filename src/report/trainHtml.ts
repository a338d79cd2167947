// The report of a training run: its curves, its last measures, its configuration, and how to repeat it.
import type { TableFigure } from '../claims/figure.ts';
import type { MetricsLine } from '../documents/train.ts';
import type { RunConfig } from '../experiments/run/config.ts';
import { totalSteps } from '../training/index.ts';
import { figureHtml } from './figures/index.ts';
import { count, typesetNumber } from './format.ts';
import { Html, html, plainText } from './html.ts';
import { configTables } from './page/configTables.ts';
import { commandLine, factList } from './page/facts.ts';
import { explorerOf, type RunRollouts, rolloutsLine } from './page/runRollouts.ts';
import { pageHtml } from './page/shell.ts';
import { trainingCurves } from './page/trainingCurves.ts';

/** The command that repeats a run, the file that it reads where no preset gives the configuration, and the command that goes on. */
export interface Repeat {
  readonly command: string;
  readonly file?: { readonly name: string; readonly json: string };
  /** Only where the run has steps left. */
  readonly goOn?: string;
}

/** What is known of a run. */
export interface TrainReport {
  readonly dir: string;
  readonly run: RunConfig;
  readonly metrics: readonly MetricsLine[];
  readonly kernels: { readonly backend: string; readonly build: string };
  readonly version: string;
  readonly repeat: Repeat;
  /** The last checkpoint: its folder, and the hash of its weights. */
  readonly checkpoint?: { readonly folder: string; readonly sha256: string };
  readonly rollouts: RunRollouts;
}

/** Characters of a folder's name: enough for any path. */
const LONGEST_PATH = 300;

const MEASURES: readonly (readonly [name: string, of: (line: MetricsLine) => number | null])[] = [
  ['loss', (line) => line.loss],
  ['reward', (line) => line.reward],
  ['first attempt right', (line) => line.firstAttempt],
  ['P(STOP | right)', (line) => line.stopGivenCorrect],
  ['P(RESAMPLE | wrong)', (line) => line.resampleGivenWrong],
  ['gradient norm', (line) => line.gradNorm.total],
  ['gradient norm, sample', (line) => line.gradNorm.sample],
  ['gradient norm, decision', (line) => line.gradNorm.decision],
  ['KL to base', (line) => line.klToBase],
  ['tokens per second', (line) => line.tokensPerSecond],
];

function lastMeasures(metrics: readonly MetricsLine[]): Html | undefined {
  const phases = (['base', 'train'] as const).filter((phase) => metrics.some((line) => line.phase === phase));
  if (phases.length === 0) return undefined;
  const last = (phase: MetricsLine['phase'], of: (line: MetricsLine) => number | null): number | null =>
    metrics.flatMap((line) => (line.phase === phase ? (of(line) ?? []) : [])).at(-1) ?? null;
  const figure: TableFigure = {
    kind: 'table',
    title: 'Last values',
    caption:
      'What the last step of a phase that measured it says: noisy numbers of one step, not an evaluation.',
    columns: phases,
    rows: MEASURES.map(([label, of]) => ({ label, values: phases.map((phase) => last(phase, of)) })),
  };
  return html`<div class="card measures">${figureHtml(figure)}</div>`;
}

/** The last values of what matters most, in a sentence; nothing where nothing was measured. */
function ended(metrics: readonly MetricsLine[]): string {
  const read: readonly (readonly [name: string, of: (line: MetricsLine) => number | null])[] = [
    ['reward', (line) => line.reward],
    ['first attempt right', (line) => line.firstAttempt],
    ['P(STOP | right)', (line) => line.stopGivenCorrect],
    ['P(RESAMPLE | wrong)', (line) => line.resampleGivenWrong],
  ];
  const said = read.flatMap(([name, of]) => {
    const value = metrics.flatMap((line) => of(line) ?? []).at(-1);
    return value === undefined ? [] : [`${name} ${typesetNumber(value, 2)}`];
  });
  return said.length === 0 ? '' : `Last measured, in single steps: ${said.join(', ')}.`;
}

function banner({ run, metrics }: TrainReport): Html {
  const done = metrics.at(-1)?.step ?? 0;
  const total = totalSteps(run.config);
  const { task, base, train } = run.config;
  const state = done < total ? `Stopped at step ${done} of ${total}.` : `All ${count(total, 'step')} done.`;
  return html`<header><p class="eyebrow">gradsplit train</p>
<div class="banner plain"><h1>${task.name}: ${base.objective}, then ${train.objective}</h1>
<p>${state} ${ended(metrics)}</p></div>
</header>`;
}

function repeatCard({ command, file, goOn }: Repeat): Html {
  const lines = file?.json.split('\n').map((line) => html`${line}${new Html('\n')}`);
  return html`<div class="card" id="repeat"><h2>How to repeat it</h2>
<p>The same build of the kernels gives the same weights to the bit, for any number of threads, in one go or resumed.</p>
${commandLine(command)}
${goOn === undefined ? undefined : html`<p>To go on with this run:</p>${commandLine(goOn)}`}
${file === undefined ? undefined : html`<p>with this as <code>${file.name}</code>:</p><pre class="command"><code>${lines}</code></pre>`}
</div>`;
}

function facts({ dir, run, kernels, version, checkpoint }: TrainReport): Html {
  return factList([
    ['Preset', run.preset ?? 'none, a file'],
    ['Seed', String(run.seed)],
    ['Kernels', `${kernels.backend}, ${kernels.build}`],
    ['Version', `gradsplit ${version}`],
    ['Folder', plainText(dir, LONGEST_PATH)],
    ...(checkpoint === undefined
      ? []
      : ([
          ['Last checkpoint', plainText(checkpoint.folder, LONGEST_PATH)],
          ['sha256 of its weights', checkpoint.sha256],
        ] as const)),
  ]);
}

/** The page, complete. Same run, same bytes. Everything that comes from a file or a user is escaped. */
export function trainHtml(report: TrainReport): string {
  const { run, metrics } = report;
  const body = html`${banner(report)}
${trainingCurves(metrics, run.config)}
${facts(report)}
${rolloutsLine(report.rollouts)}
${lastMeasures(metrics)}
${repeatCard(report.repeat)}
${configTables(run.config)}
<footer><p>Every number is in <code>metrics.jsonl</code> beside this page. <code>gradsplit eval</code> measures a checkpoint in and out of distribution, with intervals.</p></footer>`;
  const parts = [
    ...(metrics.length === 0
      ? []
      : [
          { id: 'course', label: 'How it went' },
          { id: 'curves', label: 'All other curves' },
        ]),
    { id: 'repeat', label: 'How to repeat it' },
    { id: 'configuration', label: 'Configuration' },
  ];
  const title = `${run.config.task.name}, seed ${run.seed} – gradsplit train`;
  return pageHtml({ title, parts, ...explorerOf(report.rollouts) }, body);
}
