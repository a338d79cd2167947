// The report of `audit`: the verdict, every finding with its text, where the gradient signal goes, its course, what was not checked.
import type { Excerpt } from '../audit/excerpts.ts';
import type { Point } from '../claims/figure.ts';
import type { AuditDocument } from '../documents/audit.ts';
import { cell, head, number } from './cells.ts';
import { type CurvesFigure, drawCurves } from './figures/curves.ts';
import { drawingHtml } from './figures/index.ts';
import { count, formatShare } from './format.ts';
import { type Html, html, plainText } from './html.ts';
import { findingCards } from './page/auditFindings.ts';
import { sharesCard } from './page/auditShares.ts';
import { AUDIT_CSS } from './page/auditStyle.ts';
import { trajectoryHtml } from './page/auditTrajectory.ts';
import type { ContentsEntry } from './page/contents.ts';
import type { PageExplorer } from './page/explorer.ts';
import { factList } from './page/facts.ts';
import { fold } from './page/fold.ts';
import { type PageAssets, pagePieces } from './page/shell.ts';
import { objectiveText, severityCounts } from './tables/auditTable.ts';

/** What the page shows. */
export interface AuditReport {
  readonly document: AuditDocument;
  /** The text around what findings rest on. */
  readonly excerpts: readonly Excerpt[];
  readonly version: string;
  /** Trajectories to look at, token by token; left out: the page has no explorer. */
  readonly explorer?: PageExplorer;
}

/** Trajectories shown beside those of the findings. */
const LONGEST = 300;

/** Tokens of a table of gains or losses. */
const CHANGES = 10;

/** The course over the steps: what is drawn, with its axis. */
const COURSES: readonly (readonly [key: string, title: string, yLabel: string])[] = [
  ['reward', 'Reward', 'mean reward'],
  ['length', 'Length', 'tokens with mask 1'],
  ['zeroVariance', 'Groups without variance', 'share of the groups'],
  ['decisionWeight', 'Weight on decisions', 'share of Σ|w|'],
  ['truncated', 'Truncated', 'share of the trajectories'],
  ['mismatchMean', "The sampler's mismatch, mean", 'log π − log π_sampler'],
  ['mismatchSd', "The sampler's mismatch, deviation", 'log π − log π_sampler'],
];

function course(bySteps: NonNullable<AuditDocument['bySteps']>): Html {
  const figures = COURSES.flatMap(([key, title, yLabel]) => {
    const values = bySteps[key] ?? [];
    const line = (bySteps.step ?? []).flatMap((step, k): Point[] => {
      const value = values[k];
      return step === null || value === null || value === undefined || !Number.isFinite(value)
        ? []
        : [[step, value]];
    });
    if (line.length === 0) return [];
    const figure: CurvesFigure = {
      title,
      caption: '',
      xLabel: 'step',
      yLabel,
      curves: [{ name: title, ink: 'series-0', line, dots: line.length < 40 ? line : [] }],
    };
    return [drawingHtml(figure, drawCurves(figure))];
  });
  return fold(
    { id: 'course', heading: 'Over the steps', open: true },
    html`<div class="curves">${figures}</div>`,
  );
}

function advantageCard({
  byReward,
  weights,
  signFlips,
  misfit,
}: NonNullable<AuditDocument['advantage']>): Html {
  const columns = head([
    ['reward', 'text'],
    ['weight', 'num'],
    ['of the variance', 'num'],
    ['signs it turns', 'num'],
  ]);
  const share = (x: number | null | undefined): string =>
    x === null || x === undefined ? '–' : formatShare(x, 1);
  const rows = Object.keys(byReward).map((name) => {
    const weight = weights[name];
    return html`<tr role="row"><th role="rowheader" scope="row">${plainText(name, LONGEST)}</th>${[
      cell('weight', weight === null || weight === undefined ? '–' : number(weight, 4)),
      cell('of the variance', share(byReward[name])),
      cell('signs it turns', share(signFlips[name])),
    ]}</tr>`;
  });
  const unexplained =
    misfit === null
      ? undefined
      : html`<p>Not explained by them: ${formatShare(misfit, 1)} of the variance.</p>`;
  return fold(
    { id: 'advantage', heading: 'What the advantages are made of', open: false },
    html`<table role="table" class="numbers" aria-label="Advantage by reward">${columns}<tbody role="rowgroup">${rows}</tbody></table>${unexplained}`,
  );
}

function budgetCard({
  sample,
  decision,
  ci95: [low, high],
}: NonNullable<AuditDocument['varianceBudget']>): Html {
  const share = (x: number | null | undefined): string =>
    x === null || x === undefined ? '–' : formatShare(x, 1);
  return fold(
    { id: 'variance', heading: 'Where rewards vary', open: false },
    html`<p>Of the variance of rewards, decisions bring ${share(decision)}, with an interval of 95 % from ${share(low)} to ${share(high)}, and sampling ${share(sample)}. It is estimated from groups of trajectories and from the probabilities of the decisions that were drawn; compare it with the shares of Σ|w| above.</p>`,
  );
}

function fitCard(fit: NonNullable<AuditDocument['fit']>): Html {
  const columns = head([
    ['objective', 'text'],
    ['misfit', 'num'],
    ['options', 'text'],
    ['not told from', 'text'],
  ]);
  const rows = fit.map(
    ({ objective, misfit, options, equivalentTo }) =>
      html`<tr role="row"><th role="rowheader" scope="row">${plainText(objective, LONGEST)}</th>${[
        cell('misfit', misfit === null ? '–' : number(misfit, 3)),
        cell(
          'options',
          html`<code>${Object.entries(options)
            .map(([key, value]) => `${key}=${value}`)
            .join(' ')}</code>`,
          'text',
        ),
        cell('not told from', equivalentTo.join(', '), 'text'),
      ]}</tr>`,
  );
  return fold(
    { id: 'fit', heading: 'Which objective explains what was logged', open: false },
    html`<table role="table" class="numbers" aria-label="Objectives by misfit">${columns}<tbody role="rowgroup">${rows}</tbody></table>`,
  );
}

function changesTable(
  title: string,
  tokens: NonNullable<AuditDocument['against']>['gained'],
): Html | undefined {
  if (tokens.length === 0) return undefined;
  const columns = head([
    ['token', 'text'],
    ['of Σ|w|', 'num'],
    ['of Σ|w| there', 'num'],
  ]);
  const rows = tokens
    .slice(0, CHANGES)
    .map(
      ({ file, line, from, before, after }) =>
        html`<tr role="row"><th role="rowheader" scope="row">${plainText(file, LONGEST)}:${line} token ${from}</th>${[
          cell('of Σ|w|', number(before, 3)),
          cell('of Σ|w| there', number(after, 3)),
        ]}</tr>`,
    );
  return html`<div><h3>${title}</h3><table role="table" class="numbers" aria-label="${title}">${columns}<tbody role="rowgroup">${rows}</tbody></table></div>`;
}

function againstCard({
  objective,
  cosine,
  signTurns,
  signTurnCount,
  shares,
  gained,
  lost,
}: NonNullable<AuditDocument['against']>): Html {
  const facts = Object.entries(shares).map(
    ([name, x]) => `${plainText(name, LONGEST)} ${x === null ? '–' : formatShare(x, 1)}`,
  );
  const turns = signTurns.map(({ file, line }) => `${plainText(file, LONGEST)}:${line}`);
  return fold(
    { id: 'against', heading: html`Against ${objective.name}`, open: true },
    html`<p>Cosine of the weights: ${cosine === null ? '–' : number(cosine, 4)}. Σw changes its sign in ${count(signTurnCount, 'trajectory', 'trajectories')}. Shares of Σ|w| there: ${facts.join(', ')}.</p>
${turns.length === 0 ? undefined : html`<p class="small">${turns.join(', ')}${signTurnCount > turns.length ? ', …' : ''}</p>`}
<div class="share-grid">${changesTable('Tokens that gain most', gained)}${changesTable('Tokens that lose most', lost)}</div>`,
  );
}

function notCheckedCard(notChecked: AuditDocument['notChecked']): Html | undefined {
  if (notChecked.length === 0) return undefined;
  const columns = head([
    ['check', 'text'],
    ['why not', 'text'],
  ]);
  const rows = notChecked.map(
    ({ code, reason }) =>
      html`<tr role="row"><th role="rowheader" scope="row"><code>${code}</code></th>${cell('why not', reason, 'text')}</tr>`,
  );
  return fold(
    { id: 'not-checked', heading: html`${count(notChecked.length, 'check')} not made`, open: false },
    html`<table role="table" class="numbers" aria-label="Checks that were not made">${columns}<tbody role="rowgroup">${rows}</tbody></table>`,
  );
}

const READING = html`<footer id="reading"><h3>How to read this page</h3>
<p>The weight w of a token is −∂L/∂log π: what one step of the objective pushes its log-probability by. In texts, green ground pushes up and purple ground down, the stronger the larger |w| is within the trajectory; blue lines stand under sample tokens, dashed orange ones under decisions, prompt and tool tokens are grey. A finding rests on the tokens that are framed, or on whole trajectories. A check whose fields the rollouts lack is listed as not made.</p></footer>`;

function verdictOf(findings: AuditDocument['findings']): Html {
  const failing = findings.some(({ severity }) => severity === 'error');
  const text = findings.length === 0 ? 'Nothing found' : severityCounts(findings);
  return html`<div class="banner${failing ? ' failing' : ''}"><h1>${text}</h1>`;
}

/** The page, piece by piece. Same report, same bytes. Everything that comes from a file is escaped. */
export function auditPieces(
  { document, excerpts, version, explorer }: AuditReport,
  assets: PageAssets = {},
): Iterable<string> {
  const {
    rollouts,
    objective,
    findings,
    shares,
    varianceBudget,
    advantage,
    fit,
    against,
    bySteps,
    notChecked,
  } = document;
  const name =
    rollouts.files.length === 1
      ? plainText(rollouts.files[0]!, LONGEST)
      : count(rollouts.files.length, 'file');
  const heavy = excerpts.filter(({ marks }) => marks.some(({ code }) => code === 'heaviest'));
  const parts: readonly (readonly [ContentsEntry, Html | undefined])[] = [
    [
      { id: 'findings', label: 'Findings' },
      html`<section id="findings">${findingCards(findings, excerpts)}</section>`,
    ],
    [{ id: 'shares', label: 'Where the signal goes' }, shares && sharesCard(shares)],
    [{ id: 'variance', label: 'Where rewards vary' }, varianceBudget && budgetCard(varianceBudget)],
    [{ id: 'advantage', label: 'What advantages are made of' }, advantage && advantageCard(advantage)],
    [{ id: 'fit', label: 'Which objective' }, fit && fitCard(fit)],
    [{ id: 'against', label: 'The other objective' }, against && againstCard(against)],
    [{ id: 'course', label: 'Over the steps' }, bySteps && course(bySteps)],
    [
      { id: 'heaviest', label: 'The heaviest tokens' },
      heavy.length === 0
        ? undefined
        : fold(
            { id: 'heaviest', heading: 'The heaviest tokens', open: false },
            html`${heavy.map(trajectoryHtml)}`,
          ),
    ],
    [{ id: 'not-checked', label: 'Not checked' }, notCheckedCard(notChecked)],
  ];
  const present = parts.filter(([, card]) => card !== undefined);
  const body = html`<header><p class="eyebrow">gradsplit audit</p>
${verdictOf(findings)}
<p>${name}</p></div>
</header>
${factList([
  ['Format', rollouts.format],
  ['Trajectories', String(rollouts.lines)],
  [rollouts.unit === 'tokens' ? 'Tokens' : 'Words, as there are no tokens', String(rollouts.tokens)],
  ['Groups', String(rollouts.groups)],
  ['Steps', String(rollouts.steps)],
  ['Left out', count(rollouts.skipped, 'broken line')],
  ['Version', `gradsplit ${version}`],
])}
<p>${objective === undefined ? 'No objective was declared.' : objectiveText(objective)}</p>
${present.map(([, card]) => card)}
${READING}`;
  const entries = [...present.map(([entry]) => entry), { id: 'reading', label: 'How to read this page' }];
  const frame = { title: `${name} – gradsplit audit`, parts: entries, style: AUDIT_CSS, ...assets };
  return pagePieces(explorer === undefined ? frame : { ...frame, explorer }, body);
}

/** The page as one text. */
export function auditHtml(report: AuditReport, assets: PageAssets = {}): string {
  return [...auditPieces(report, assets)].join('');
}
