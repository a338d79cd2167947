// The report of `exact`: how the policy divides, what the objective puts on its tokens, its tree, and every number.
import type { ExactResult } from '../analyses/exact.ts';
import type { ExactFractions } from '../analyses/exactFractions.ts';
import type { MapFigure, TableFigure } from '../claims/figure.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { figureHtml } from './figures/index.ts';
import { type Html, html, plainText, prose } from './html.ts';
import type { ContentsEntry } from './page/contents.ts';
import { factList } from './page/facts.ts';
import { fold } from './page/fold.ts';
import { fractionsCard } from './page/fractionsCard.ts';
import { type OwnPolicy, policyPanels, treeCard, varianceSentence } from './page/policyNumbers.ts';
import { type PageAssets, pageHtml } from './page/shell.ts';
import { describeReward, describeShape } from './policyFacts.ts';

/** What is known of a policy. */
export interface ExactReport {
  /** How the policy is called, for instance the path of its file. */
  readonly source: string;
  readonly policy: TabularPolicy;
  readonly result: ExactResult;
  readonly tree: OwnPolicy['tree'];
  /** With an objective, where its weights can be drawn. */
  readonly weights: MapFigure | undefined;
  /** What is known in fractions, with --exact. */
  readonly fractions?: ExactFractions | undefined;
  readonly version: string;
}

/** Characters of a policy's name: enough for any path. */
const LONGEST_SOURCE = 300;

function table(title: string, caption: string, rows: TableFigure['rows']): Html {
  return figureHtml({ kind: 'table', title, caption, columns: ['total', 'sample', 'decision'], rows });
}

function numbersCard({ result }: ExactReport): Html {
  const { reward, kl, forwardKl, estimators, regularised } = result;
  const rows: TableFigure['rows'] = [
    { label: 'E[R]', values: [reward.mean] },
    { label: 'Var(R)', values: [reward.variance, reward.varianceSample, reward.varianceDecision] },
    {
      label: '‖∇E[R]‖',
      values: [reward.gradientNorm.total, reward.gradientNorm.sample, reward.gradientNorm.decision],
    },
    { label: 'KL(π‖π_ref)', values: [kl.value, kl.sample, kl.decision] },
    {
      label: '‖∇KL(π‖π_ref)‖',
      values: [kl.gradientNorm.total, kl.gradientNorm.sample, kl.gradientNorm.decision],
    },
    { label: 'KL(π_ref‖π)', values: [forwardKl.value] },
    ...(['k1', 'k2', 'k3'] as const).map((name) => ({
      label: `E[${name}]`,
      values: [estimators[name].value],
    })),
    { label: `max E[R] − ${regularised.beta}·KL`, values: [regularised.optimum] },
  ];
  const caption = 'Sequence-level values; gradients with respect to the logits, by their 2-norms.';
  return fold({ id: 'numbers', heading: 'Every number', open: false }, table('Every number', caption, rows));
}

function objectiveCard({ result: { objective }, weights }: ExactReport): Html | undefined {
  if (objective === undefined) return undefined;
  const { name, options, gradientNorm, cosine, scale, balanced } = objective;
  const given = Object.entries(options)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
  const rows: TableFigure['rows'] = [
    {
      label: '‖expected gradient‖',
      values: [gradientNorm.total, gradientNorm.sample, gradientNorm.decision],
    },
    { label: 'cosine with ∇E[R]', values: [cosine.total, cosine.sample, cosine.decision] },
    { label: 'scale against ∇E[R]', values: [scale] },
  ];
  const within = balanced
    ? 'It gives all tokens of a trajectory one weight.'
    : 'It gives tokens of one trajectory different weights.';
  const picture =
    weights === undefined
      ? html`<p>A policy of so many trajectories has no picture of weights.</p>`
      : figureHtml(weights);
  return fold(
    { id: 'objective', heading: html`The objective ${name}`, open: true },
    html`<p>${within} Options: <code>${given}</code></p>
${picture}
${table('Its expected gradient', 'Exact, over all groups, beside that of the mean reward.', rows)}`,
  );
}

function parts({ result, fractions }: ExactReport): ContentsEntry[] {
  return [
    ...(result.objective === undefined
      ? []
      : [{ id: 'objective', label: `The objective ${result.objective.name}` }]),
    { id: 'tree', label: 'The tree of this policy' },
    { id: 'numbers', label: 'Every number' },
    ...(fractions === undefined ? [] : [{ id: 'fractions', label: 'In fractions' }]),
    { id: 'reading', label: 'How to read this page' },
  ];
}

const READING = html`<footer id="reading"><h3>How to read this page</h3>
<p>A response is a row of attempts; after each but the last possible one the policy stops or resamples. ${prose('π_sample')} draws the tokens of attempts (blue), ${prose('π_d')} decides (orange, hatched). The variance of the reward is a sum over both of squared advantages, and KL a sum over both of its terms, so that shares of them are exact. All numbers are computed on the whole tree in double precision; nothing is drawn at random.</p></footer>`;

/** The page, complete. Same report, same bytes. Everything that comes from a file or a user is escaped. */
export function exactHtml(report: ExactReport, assets: PageAssets = {}): string {
  const { source, policy, result, tree, version, fractions } = report;
  const own = { numbers: result, tree };
  const name = plainText(source, LONGEST_SOURCE);
  const body = html`<header><p class="eyebrow">gradsplit exact</p>
<div class="banner plain"><h1>${varianceSentence(result)}</h1>
<p>${name}</p></div>
</header>
${policyPanels(own)}
${factList([
  ['Shape', describeShape(policy)],
  ['Reward', describeReward(policy)],
  ['Version', `gradsplit ${version}`],
])}
${objectiveCard(report)}
${treeCard(own)}
${numbersCard(report)}
${fractions === undefined ? undefined : fractionsCard(policy.shape, fractions)}
${READING}`;
  return pageHtml({ title: `${name} – gradsplit exact`, parts: parts(report), ...assets }, body);
}
