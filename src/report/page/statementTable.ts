// The statements of a claim with what was measured and the verdict of each, and the rule of the verdicts.
import type { MeasuredStatement, ReproduceDocument, Verdict } from '../../documents/reproduce.ts';
import { cell, head, number } from '../cells.ts';
import { VERDICT_NAMES } from '../experiment.ts';
import { count } from '../format.ts';
import { type Html, html, type Piece, prose } from '../html.ts';

const MARKS: Readonly<Record<Verdict, string>> = { supported: '✓', notSupported: '✗', undecided: '?' };

/** A verdict as a badge. */
function verdictBadge(verdict: Verdict): Html {
  return html`<span class="verdict ${verdict}">${MARKS[verdict]} ${VERDICT_NAMES[verdict]}</span>`;
}

/** A scale that all rows share: zero is on it. */
function scaleOf(claims: readonly MeasuredStatement[]): (value: number) => number {
  const values = claims.flatMap(({ ci95, bySeed }) => [...ci95, ...bySeed]).filter(Number.isFinite);
  const low = values.reduce((a, b) => Math.min(a, b), 0);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  const span = high - low || 1;
  return (value) => Math.min(100, Math.max(0, 4 + (92 * (value - low)) / span));
}

/** The interval as a bar, the mean and the seeds as marks, and a line at zero. */
function intervalBar(
  { measured, ci95: [low, high], bySeed }: MeasuredStatement,
  place: (x: number) => number,
): Html {
  const at = (value: number): string => `${place(value).toFixed(1)}%`;
  const seeds = bySeed.filter(Number.isFinite).map((x) => html`<u style="left:${at(x)}"></u>`);
  const isKnown = [measured, low, high].every(Number.isFinite);
  const bar = html`<i style="left:${at(low)};width:${(place(high) - place(low)).toFixed(1)}%"></i><b style="left:${at(measured)}"></b>`;
  return html`<span class="interval" aria-hidden="true"><s style="left:${at(0)}"></s>${seeds}${isKnown ? bar : undefined}</span>`;
}

/** How many seeds would decide what these have not. */
function needed({ verdict, seedsToDecide, bySeed }: MeasuredStatement): Html | undefined {
  if (verdict !== 'undecided' || bySeed.length < 2) return undefined;
  const text =
    seedsToDecide === undefined
      ? 'more seeds than can be planned'
      : `about ${count(seedsToDecide, 'seed')} would decide`;
  return html`<span class="small">${text}</span>`;
}

/** A number, or a dash where there was nothing to measure. */
function known(x: number): Piece {
  return Number.isFinite(x) ? number(x, 3) : '–';
}

function row(claim: MeasuredStatement, place: (x: number) => number): Html {
  const { statement, quantity, measured, ci95, verdict } = claim;
  const interval = html`<span>${known(ci95[0])} … ${known(ci95[1])}${intervalBar(claim, place)}</span>`;
  return html`<tr role="row"><td role="cell">${prose(statement)}<span class="small">${prose(quantity)}</span></td>${[
    cell('measured', known(measured)),
    cell('95 % interval', interval),
    cell('verdict', html`${verdictBadge(verdict)}${needed(claim)}`, 'text'),
  ]}</tr>`;
}

/** All statements. */
export function statementTable({ claims, rule }: ReproduceDocument): Html {
  const columns = head([
    ['Statement, and the difference that it says is above 0', 'text'],
    ['measured', 'num'],
    ['95 % interval', 'num'],
    ['verdict', 'text'],
  ]);
  const place = scaleOf(claims);
  return html`<section class="card" id="statements"><h2>The claim in statements</h2>
<p><strong>Rule, stated before the runs.</strong> ${prose(rule)}</p>
<table role="table" class="evidence statements" aria-label="Verdict of every statement">${columns}<tbody role="rowgroup">${claims.map((claim) => row(claim, place))}</tbody></table>
<p class="note">Bars: the interval with its mean, on one scale for all rows; thin marks: single seeds; the line: zero. So many seeds would decide with a probability of 80 %, if mean and spread stay as they are.</p></section>
`;
}
