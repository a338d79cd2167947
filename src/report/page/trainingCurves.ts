// The curves of a run: every measure of metrics.jsonl over the steps.
import type { Point } from '../../claims/figure.ts';
import type { MetricsLine } from '../../documents/train.ts';
import type { TrainingConfig } from '../../training/index.ts';
import { type Curve, type CurvesFigure, drawCurves } from '../figures/curves.ts';
import { drawingHtml } from '../figures/index.ts';
import { halfWindow, smoothed } from '../figures/smooth.ts';
import { count } from '../format.ts';
import { type Html, html } from '../html.ts';
import { fold } from './fold.ts';

type Phase = MetricsLine['phase'];
type CurveReader = (line: MetricsLine) => number | null;

const PHASES: readonly Phase[] = ['base', 'train'];

/** Where a measure was taken. */
function pointsOf(lines: readonly MetricsLine[], read: CurveReader): Point[] {
  return lines.flatMap((line) => {
    const value = read(line);
    return value === null ? [] : [[line.step, value] as const];
  });
}

/** The curve of a measure, smoothed in each phase for itself, and in words how. */
function curveOf(
  lines: readonly MetricsLine[],
  look: Pick<Curve, 'name' | 'ink' | 'dash'>,
  read: CurveReader,
): { curve: Curve; windows: string[] } {
  const phases = PHASES.map((phase) =>
    pointsOf(
      lines.filter((line) => line.phase === phase),
      read,
    ),
  );
  const halves = phases.map((points) => halfWindow(points.length));
  return {
    curve: {
      ...look,
      dots: phases.flatMap((points, i) => (halves[i] === 0 ? points : [])),
      line: phases.flatMap((points, i) => smoothed(points, halves[i]!)),
      faint: phases.flatMap((points, i) => (halves[i] === 0 ? [] : points)),
    },
    windows: PHASES.flatMap((phase, i) =>
      halves[i] === 0 ? [] : [`${2 * halves[i]! + 1} steps in ${phase}`],
    ),
  };
}

type Look = Pick<Curve, 'name' | 'ink' | 'dash'>;

/** What one picture shows. */
interface Panel {
  readonly title: string;
  readonly caption: string;
  readonly yLabel: string;
  readonly phases: readonly Phase[];
  readonly y?: readonly [number, number];
  readonly curves: readonly (readonly [Look, CurveReader])[];
}

const GRADIENT =
  'Norms before clipping. The parts are vectors that add up to the whole gradient; their norms do not.';

const gradient = (phase: Phase): Panel => ({
  title: `Gradient by component, ${phase}`,
  caption: GRADIENT,
  yLabel: 'norm of the gradient',
  phases: [phase],
  curves: [
    [{ name: 'total', ink: 'soft', dash: '1 3' }, (line) => line.gradNorm.total],
    [{ name: 'sample', ink: 'sample' }, (line) => line.gradNorm.sample],
    [{ name: 'decision', ink: 'decision', dash: '6 3' }, (line) => line.gradNorm.decision],
  ],
});

/** What one looks at first: whether it is right, how it decides, and how the gradient divides. */
const LEAD: readonly Panel[] = [
  {
    title: 'Right answers',
    caption:
      'Mean reward of the episodes of a step (1 if right, less the cost of attempts), and accuracy of the first attempt alone. With SFT both come from a small evaluation every so many steps.',
    yLabel: 'mean reward, accuracy',
    phases: PHASES,
    curves: [
      [{ name: 'reward', ink: 'series-0' }, (line) => line.reward],
      [{ name: 'first attempt right', ink: 'sample', dash: '6 3' }, (line) => line.firstAttempt],
    ],
  },
  {
    title: 'Decisions',
    caption: 'Mean probability of the right decision after right and after wrong attempts.',
    yLabel: 'probability',
    phases: PHASES,
    y: [0, 1],
    curves: [
      [{ name: 'P(STOP | right)', ink: 'decision' }, (line) => line.stopGivenCorrect],
      [{ name: 'P(RESAMPLE | wrong)', ink: 'decision', dash: '2 3' }, (line) => line.resampleGivenWrong],
    ],
  },
  {
    title: 'How the gradient divides',
    caption: GRADIENT,
    yLabel: 'norm of the gradient',
    phases: PHASES,
    curves: [
      [{ name: 'sample', ink: 'sample' }, (line) => line.gradNorm.sample],
      [{ name: 'decision', ink: 'decision', dash: '6 3' }, (line) => line.gradNorm.decision],
    ],
  },
];

const panels = (config: TrainingConfig): readonly Panel[] => [
  {
    title: 'Loss, base',
    caption: 'SFT on demonstrations, from random parameters.',
    yLabel: 'loss',
    phases: ['base'],
    curves: [[{ name: 'loss', ink: 'ink' }, (line) => line.loss]],
  },
  {
    title: `Loss, train (${config.train.objective})`,
    caption:
      config.train.learnsFrom === 'episodes'
        ? 'A surrogate whose gradient is what matters; its value need not fall.'
        : 'SFT on demonstrations, from the end of base.',
    yLabel: 'loss',
    phases: ['train'],
    curves: [[{ name: 'loss', ink: 'ink' }, (line) => line.loss]],
  },
  gradient('base'),
  gradient('train'),
  {
    title: 'Distance from base',
    caption:
      'Mean over episodes of the sum of log π − log π_base over their tokens: an estimate of KL(π‖base), which a few episodes may bring below zero.',
    yLabel: 'nats per episode',
    phases: ['train'],
    curves: [[{ name: 'KL to base', ink: 'series-1' }, (line) => line.klToBase]],
  },
  {
    title: 'Episodes kept',
    caption: 'Episodes of the policy itself that end right; this SFT learns only from these.',
    yLabel: 'episodes of a step',
    phases: PHASES,
    curves: [[{ name: 'kept', ink: 'series-0' }, (line) => line.kept]],
  },
  {
    title: 'Errors that were missing',
    caption:
      'Wrong attempts that demonstrations should have had and the policy did not make. The demonstrations go without them.',
    yLabel: 'attempts of a step',
    phases: PHASES,
    curves: [[{ name: 'missing', ink: 'series-2' }, (line) => line.missingErrors]],
  },
  {
    title: 'Speed',
    caption: 'Response tokens learned from per second, drawing episodes included.',
    yLabel: 'tokens per second',
    phases: PHASES,
    curves: [[{ name: 'tokens per second', ink: 'series-3' }, (line) => line.tokensPerSecond]],
  },
];

function panelHtml(lines: readonly MetricsLine[], panel: Panel): Html | undefined {
  const mine = lines.filter((line) => panel.phases.includes(line.phase));
  const drawn = panel.curves.map(([look, read]) => curveOf(mine, look, read));
  if (drawn.every(({ curve }) => curve.line.length === 0)) return undefined;
  const windows = [...new Set(drawn.flatMap((d) => d.windows))];
  const how =
    windows.length === 0 ? '' : ` Faint lines: every step. Strong lines: mean over ${windows.join(', ')}.`;
  const parts = PHASES.flatMap((phase) => {
    const first = mine.find((line) => line.phase === phase);
    return first === undefined ? [] : [{ label: phase, from: first.step }];
  });
  const { title, yLabel, y } = panel;
  const figure: CurvesFigure = {
    title,
    caption: panel.caption + how,
    xLabel: 'step',
    yLabel,
    ...(y === undefined ? {} : { y }),
    ...(panel.phases.length > 1 ? { parts } : {}),
    curves: drawn.map(({ curve }) => curve).filter((curve) => curve.line.length > 0),
  };
  return drawingHtml(figure, drawCurves(figure));
}

/** The curves that one looks at first, then all others in a card that is closed; measures that were never taken have none. */
export function trainingCurves(lines: readonly MetricsLine[], config: TrainingConfig): Html {
  if (lines.length === 0) return html`<p class="note">No step yet.</p>`;
  const lead = LEAD.map((panel) => panelHtml(lines, panel));
  const others = panels(config).map((panel) => panelHtml(lines, panel));
  return html`<section class="card" id="course"><h2>${count(lines.length, 'step')}</h2><div class="curves">${lead}</div></section>
${fold({ id: 'curves', heading: 'All other curves', open: false }, html`<div class="curves">${others}</div>`)}`;
}
