// How RL learned: means over seeds with bands, a curve for each of the three RLs.
import type { Point } from '../../claims/figure.ts';
import type { ModelName } from '../../documents/reproduce.ts';
import type { MetricsLine } from '../../documents/train.ts';
import { MODEL_NAMES } from '../experiment.ts';
import { type Curve, type CurvesFigure, drawCurves } from '../figures/curves.ts';
import { drawingHtml } from '../figures/index.ts';
import { halfWindow, smoothed } from '../figures/smooth.ts';
import { type Html, html } from '../html.ts';
import { fold } from './fold.ts';
import { MODEL_INKS } from './modelMeasures.ts';

/** The models that RL trained. */
const RL_MODELS = ['rl', 'rlSample', 'rlDecision'] as const;

/** metrics.jsonl of every run of RL, one a seed. */
export type RlMetrics = Readonly<Record<RlModel, readonly (readonly MetricsLine[])[]>>;

type RlModel = Extract<ModelName, (typeof RL_MODELS)[number]>;

type CurveReader = (line: MetricsLine) => number | null;

const DASHES: Readonly<Record<RlModel, string | undefined>> = {
  rl: undefined,
  rlSample: '6 3',
  rlDecision: '2 3',
};

const PANELS: readonly (readonly [title: string, yLabel: string, read: CurveReader])[] = [
  ['Reward', 'mean reward', (line) => line.reward],
  ['First attempt', 'accuracy of the first attempt', (line) => line.firstAttempt],
  ['P(STOP | right)', 'mean probability', (line) => line.stopGivenCorrect],
  ['P(RESAMPLE | wrong)', 'mean probability', (line) => line.resampleGivenWrong],
  ['Gradient, sample part', 'norm before clipping', (line) => line.gradNorm.sample],
  ['Gradient, decision part', 'norm before clipping', (line) => line.gradNorm.decision],
];

/** A measure of one run over the steps after the base, smoothed. */
function runCurve(lines: readonly MetricsLine[], read: CurveReader): Point[] {
  const trained = lines.filter(({ phase }) => phase === 'train');
  const before = (trained[0]?.step ?? 1) - 1;
  const points = trained.flatMap((line): Point[] => {
    const value = read(line);
    return value === null ? [] : [[line.step - before, value]];
  });
  return smoothed(points, halfWindow(points.length));
}

/** Mean, least and largest of the runs at every step where a run has a value. */
function overRuns(runs: readonly (readonly Point[])[]): Required<Pick<Curve, 'line' | 'band'>> {
  const bySteps = new Map<number, number[]>();
  for (const [step, value] of runs.flat()) bySteps.set(step, [...(bySteps.get(step) ?? []), value]);
  const steps = [...bySteps].sort(([a], [b]) => a - b);
  return {
    line: steps.map(([step, values]) => [step, values.reduce((a, b) => a + b, 0) / values.length]),
    band: steps.map(([step, values]) => [step, Math.min(...values), Math.max(...values)]),
  };
}

function panel(metrics: RlMetrics, [title, yLabel, read]: (typeof PANELS)[number]): Html {
  const curves = RL_MODELS.map((model): Curve => {
    const dash = DASHES[model];
    return {
      name: MODEL_NAMES[model],
      ink: MODEL_INKS[model],
      ...(dash === undefined ? {} : { dash }),
      ...overRuns(metrics[model].map((lines) => runCurve(lines, read))),
    };
  });
  const figure: CurvesFigure = {
    title,
    caption: '',
    xLabel: 'steps after the base',
    yLabel,
    curves: curves.filter(({ line }) => line.length > 0),
  };
  return drawingHtml(figure, drawCurves(figure));
}

/** The curves of RL over seeds. */
export function seedCurves(metrics: RlMetrics): Html {
  const counts = RL_MODELS.flatMap((model) =>
    metrics[model].map((lines) => lines.filter(({ phase }) => phase === 'train').length),
  );
  const half = halfWindow(Math.max(0, ...counts));
  const window = half === 0 ? '' : ` Each run is smoothed first, by the mean over ${2 * half + 1} steps.`;
  return fold(
    { id: 'training', heading: 'How RL learned', open: false },
    html`<p>On the prompts of training. Lines: mean over seeds; bands: from the lowest to the highest seed.${window}</p>
<div class="curves">${PANELS.map((p) => panel(metrics, p))}</div>`,
  );
}
