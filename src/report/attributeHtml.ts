// The report of `attribute`: weight, mass and gradient by component, group by label, which labels conflict, and the tokens that the step moves.
import type { Point } from '../claims/figure.ts';
import type { AttributionDocument } from '../documents/attribution.ts';
import { cell, head, number } from './cells.ts';
import { type CurvesFigure, drawCurves } from './figures/curves.ts';
import { drawingHtml } from './figures/index.ts';
import { count, formatShare } from './format.ts';
import { type Html, html, plainText, prose } from './html.ts';
import { courseCard } from './page/attributionCourse.ts';
import { AUDIT_CSS } from './page/auditStyle.ts';
import type { ContentsEntry } from './page/contents.ts';
import type { PageExplorer } from './page/explorer.ts';
import { factList } from './page/facts.ts';
import { fold } from './page/fold.ts';
import { HEAT_CSS, heatMapHtml } from './page/heatMap.ts';
import { influenceTokens } from './page/influenceTokens.ts';
import { type PageAssets, pagePieces } from './page/shell.ts';
import { checkSentence, conflictSentence, labelText, residualSentence } from './tables/attributionTable.ts';

/** What the page shows. */
export interface AttributionReport {
  readonly document: AttributionDocument;
  readonly version: string;
  /** Trajectories to look at, token by token; left out: the page has no explorer. */
  readonly explorer?: PageExplorer;
}

const LONGEST = 300;

function verdict({ levels }: AttributionDocument): string {
  const { cosine, components } = levels.gradient;
  const { sample, decision } = components;
  if (sample === undefined || decision === undefined || cosine === null)
    return 'All of the gradient is of one component';
  const share = formatShare(decision, sample + decision);
  const pull =
    cosine < -0.1 ? 'against each other' : cosine > 0.1 ? 'the same way' : 'in different directions';
  return `Decisions have ${share} of the gradient; sample and decision pull ${pull}`;
}

function levelsCard({ labels, levels: { weight, gradient, mass } }: AttributionDocument): Html {
  const columns = head([
    ['label', 'text'],
    ['weight, share of Σ|w|', 'num'],
    ['|w| a token', 'num'],
    ['‖gradient‖', 'num'],
    ['share of the norms', 'num'],
  ]);
  const rows = labels.map(
    (label, l) =>
      html`<tr role="row"><th role="rowheader" scope="row">${plainText(labelText(label), LONGEST)}</th>${[
        cell('weight', formatShare(weight.share[l]!, 1)),
        cell('|w| a token', number(weight.perToken[l]!, 4)),
        cell('‖gradient‖', number(gradient.norm[l]!, 4)),
        cell('share', formatShare(gradient.share[l]!, 1)),
      ]}</tr>`,
  );
  const names = {
    varianceBudget: 'the variance of the reward, given the prompt',
    crossEntropy: 'the cross-entropy of the demonstrations, in nats a trajectory',
    klTerms: 'log π − log π_ref, in nats a trajectory',
  };
  const masses = mass.map(({ what, unit, value, share, ci95 }) => {
    const parts = Object.keys(value).map((component) =>
      unit === 'nats a trajectory'
        ? html`${plainText(component, LONGEST)} ${number(value[component]!, 4)} (${formatShare(share[component]!, 1)})`
        : html`${plainText(component, LONGEST)} ${formatShare(share[component]!, 1)}`,
    );
    const interval =
      ci95 === undefined
        ? ''
        : `, with an interval of 95 % for decisions from ${formatShare(ci95[0], 1)} to ${formatShare(ci95[1], 1)}`;
    return html`<p>Of ${names[what]}: ${parts.map((part, k) => (k === 0 ? part : html`, ${part}`))}${interval}.</p>`;
  });
  return fold(
    { id: 'levels', heading: 'Weight, mass, gradient', open: true },
    html`<p>Three questions with three answers: what the objective puts on tokens, where its value or signal lies, and how long the gradients are. ${weight.balanced ? 'Every trajectory has one weight on all of its tokens.' : 'Tokens of one trajectory have different weights.'}</p>
<table role="table" class="numbers" aria-label="Weight and gradient by label">${columns}<tbody role="rowgroup">${rows}</tbody></table>
${masses}`,
  );
}

function groupsCard({ groups, labels, norm, cosine }: AttributionDocument): Html {
  return fold(
    { id: 'groups', heading: 'Parameters by label', open: true },
    html`<p>The norm of each label's gradient on each group of parameters, and the cosine between sample and decision there.</p>
${heatMapHtml({
  title: 'Norms of gradients, group by label',
  rows: groups,
  columns: labels.map(labelText),
  values: groups.map((_, g) => labels.map((_, l) => norm[l]![g]!)),
})}
${heatMapHtml({
  title: 'Cosine between sample and decision by group',
  rows: groups,
  columns: ['cosine'],
  values: cosine.map((x) => [x]),
})}`,
  );
}

function conflictCard(document: AttributionDocument): Html {
  const { labels, gram, conflictFree } = document;
  const names = labels.map(labelText);
  const cosines = gram.map((row, l) => row.map((x, m) => x / Math.sqrt(row[l]! * gram[m]![m]!)));
  const step =
    conflictFree === undefined
      ? undefined
      : heatMapHtml({
          title: 'A step that no label opposes',
          rows: names,
          columns: ['⟨g_l, gradient⟩', '⟨g_l, step⟩', 'coefficient'],
          values: labels.map((_, l) => [
            conflictFree.before[l]!,
            Math.abs(conflictFree.after[l]!) < 1e-12 * Math.abs(gram[l]![l]!) ? 0 : conflictFree.after[l]!,
            conflictFree.coefficients[l]!,
          ]),
          byColumn: true,
        });
  return fold(
    { id: 'conflicts', heading: 'Which labels pull against each other', open: true },
    html`<p>${prose(conflictSentence(document))}</p>
${heatMapHtml({ title: 'Cosines of labels', rows: names, columns: names, values: cosines })}
${heatMapHtml({ title: 'Gram matrix of labels', rows: names, columns: names, values: gram })}
${step}`,
  );
}

function checkCard(document: AttributionDocument): Html {
  const { check } = document;
  const sentence = checkSentence(document);
  const picture = check === undefined ? undefined : checkPicture(check);
  return fold(
    { id: 'check', heading: 'Whether the numbers hold', open: true },
    html`<p>${prose(residualSentence(document))}</p>${sentence === undefined ? undefined : html`<p>${sentence}</p>`}${picture}`,
  );
}

function checkPicture({ removals }: NonNullable<AttributionDocument['check']>): Html {
  const points = removals.predicted.map((x, k): Point => [x, removals.actual[k]!]).sort(([a], [b]) => a - b);
  const [low, high] = [points[0]![0], points.at(-1)![0]];
  const figure: CurvesFigure = {
    title: 'Predicted and actual change',
    caption:
      'of the objective, where a token or a trajectory is taken out of the step; the dashed line is equality',
    xLabel: 'predicted',
    yLabel: 'actual',
    curves: [
      { name: 'actual', ink: 'series-0', line: points, dots: points },
      {
        name: 'equality',
        ink: 'series-1',
        dash: '4 3',
        line: [
          [low, low],
          [high, high],
        ],
      },
    ],
  };
  return drawingHtml(figure, drawCurves(figure));
}

function parts(document: AttributionDocument): ContentsEntry[] {
  return [
    { id: 'levels', label: 'Weight, mass, gradient' },
    { id: 'groups', label: 'Parameters by label' },
    { id: 'conflicts', label: 'Which labels pull against each other' },
    { id: 'check', label: 'Whether the numbers hold' },
    ...(document.overCheckpoints === undefined ? [] : [{ id: 'course', label: 'Over the checkpoints' }]),
    { id: 'tokens', label: 'Tokens' },
  ];
}

/** The page, piece by piece. Same document, same bytes. Everything that comes from a file or a user is escaped. */
export function attributePieces(
  { document, version, explorer }: AttributionReport,
  assets: PageAssets = {},
): Iterable<string> {
  const { model, objective, rollouts } = document;
  const options = Object.entries(objective.options)
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join(',') : value}`)
    .join(' ');
  const tokens = influenceTokens(document);
  const body = html`<header><p class="eyebrow">gradsplit attribute</p>
<div class="banner plain"><h1>${verdict(document)}</h1>
<p>${plainText(objective.name, LONGEST)} at ${plainText(model.checkpoint, LONGEST)}</p></div>
</header>
${factList([
  ['Model', `${model.architecture}, ${count(model.parameters, 'parameter')}`],
  [
    'Responses',
    `${count(rollouts.trajectories, 'trajectory', 'trajectories')}, ${count(rollouts.tokens, 'token')}`,
  ],
  ['Groups of prompts', String(rollouts.groups)],
  ['Options', plainText(options, LONGEST)],
  ['Version', `gradsplit ${version}`],
])}
${levelsCard(document)}
${groupsCard(document)}
${conflictCard(document)}
${checkCard(document)}
${courseCard(document)}
${fold(
  { id: 'tokens', heading: 'Tokens that the step moves', open: true },
  tokens === undefined
    ? html`<p>The influence of tokens was left out.</p>`
    : html`<p>Of the trajectories with the largest gradients, and of those that pull hardest against the batch: the ground says how much the step raises or lowers the log-probability of a token, ⟨∇ log π, g⟩, to first order.</p>${tokens}`,
)}`;
  return pagePieces(
    {
      title: `${plainText(model.checkpoint, LONGEST)} – gradsplit attribute`,
      parts: parts(document),
      style: AUDIT_CSS + HEAT_CSS,
      ...(explorer === undefined ? {} : { explorer }),
      ...assets,
    },
    body,
  );
}

/** The page as one text. */
export function attributeHtml(report: AttributionReport, assets: PageAssets = {}): string {
  return [...attributePieces(report, assets)].join('');
}
