// How a split by component and group moved over the checkpoints of a run: curves, and a map of cosines.
import type { Point } from '../../claims/figure.ts';
import type { AttributionDocument } from '../../documents/attribution.ts';
import { type Curve, type CurvesFigure, drawCurves } from '../figures/curves.ts';
import { drawingHtml } from '../figures/index.ts';
import { type Html, html } from '../html.ts';
import { labelText } from '../tables/attributionTable.ts';
import { fold } from './fold.ts';
import { heatMapHtml } from './heatMap.ts';

type Course = NonNullable<AttributionDocument['overCheckpoints']>;

/** The course as curves: norms and weights by label, and the cosine between sample and decision. */
export function courseFigures(
  { step, phase, norm, cosineOfAll, weightShare }: Course,
  labels: AttributionDocument['labels'],
): readonly CurvesFigure[] {
  const began = phase.indexOf('train');
  const parts =
    began > 0
      ? {
          parts: [
            { label: 'base', from: step[0]! },
            { label: 'train', from: step[began]! },
          ],
        }
      : {};
  const total = (k: number, l: number): number => Math.hypot(...norm[k]![l]!);
  const lineOf = (value: (k: number) => number | null): Point[] =>
    step.flatMap((x, k): Point[] => {
      const y = value(k);
      return y === null || !Number.isFinite(y) ? [] : [[x, y]];
    });
  const curve = (name: string, index: number, value: (k: number) => number | null): Curve => {
    const line = lineOf(value);
    return {
      name,
      ink: (['series-0', 'series-1', 'series-2', 'series-3'] as const)[index % 4]!,
      ...(index === 0 ? {} : { dash: ['5 3', '2 3', '7 2 2 2'][(index - 1) % 3]! }),
      line,
      dots: line,
    };
  };
  return [
    {
      title: 'Norm by label',
      caption: '',
      xLabel: 'step',
      yLabel: '‖gradient‖',
      ...parts,
      curves: labels.map((label, l) => curve(labelText(label), l, (k) => total(k, l))),
    },
    {
      title: 'Weight by label',
      caption: '',
      xLabel: 'step',
      yLabel: 'share of Σ|w|',
      ...parts,
      curves: labels.map((label, l) => curve(labelText(label), l, (k) => weightShare[k]![l]!)),
    },
    {
      title: 'Sample against decision',
      caption: '',
      xLabel: 'step',
      yLabel: 'cosine',
      ...parts,
      curves: [curve('cosine', 0, (k) => cosineOfAll[k]!)],
    },
  ];
}

/** The part of the page; nothing where one checkpoint was looked at. */
export function courseCard({ overCheckpoints, labels, groups }: AttributionDocument): Html | undefined {
  if (overCheckpoints === undefined) return undefined;
  const { step, cosine } = overCheckpoints;
  const figures = courseFigures(overCheckpoints, labels);
  return fold(
    { id: 'course', heading: 'Over the checkpoints', open: true },
    html`<div class="curves">${figures.map((figure) => drawingHtml(figure, drawCurves(figure)))}</div>
${heatMapHtml({
  title: 'Cosine between sample and decision, group by step',
  rows: groups,
  columns: step.map(String),
  values: groups.map((_, g) => cosine.map((row) => row[g]!)),
})}`,
  );
}
