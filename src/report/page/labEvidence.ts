// Checks and controls of a lab as tables: what was measured with its interval, on a scale with what is expected.
import type { LabDocument } from '../../documents/labs.ts';
import type { Lab } from '../../labs/index.ts';
import { cell, head, number } from '../cells.ts';
import { type Html, html, prose } from '../html.ts';
import { expectedWords, intervalWords, isGood, type Measured, standingWord } from '../labWords.ts';

/** Rules of style for the scales. */
export const LAB_CSS = `
.interval em{top:2px;height:9px;background:var(--gs-holdsPaper);box-shadow:inset 0 0 0 1px var(--gs-holds);border-radius:2px}
.notShown{color:var(--gs-fails);background:var(--gs-failsPaper)}
.shown{color:var(--gs-holds);background:var(--gs-holdsPaper)}
header .banner .verdict{margin-right:.6em}
.mark.open{color:var(--gs-soft)}
.next{margin:1.25rem 0}
.next p{margin:.25rem 0}
`;

/** Digits of numbers in the tables. */
const DIGITS = 4;

/** The interval, the seeds and the bounds of a check on a line of its own; the band is where it is expected. */
function scale({ measured, ci95: [low, high], expected }: Measured, seeds: readonly number[]): Html {
  const { atLeast, atMost } = expected;
  const bounds = [atLeast, atMost].flatMap((bound) => (bound === undefined ? [] : [bound]));
  const values = [measured, low, high, ...seeds, ...bounds].filter(Number.isFinite);
  const [from, to] = [Math.min(...values), Math.max(...values)];
  const span = to - from || Math.abs(from) || 1;
  // A tenth on either side stays free, so that what lies beyond a bound can be seen.
  const place = (value: number): number => 10 + (80 * (value - from)) / span;
  const at = (value: number): string => `${place(value).toFixed(1)}%`;
  const [left, right] = [
    atLeast === undefined ? 0 : place(atLeast),
    atMost === undefined ? 100 : place(atMost),
  ];
  const zone = html`<em style="left:${left.toFixed(1)}%;width:${Math.max(1, right - left).toFixed(1)}%"></em>`;
  const marks = seeds.filter(Number.isFinite).map((value) => html`<u style="left:${at(value)}"></u>`);
  const isKnown = [measured, low, high].every(Number.isFinite);
  const bar = html`<i style="left:${at(low)};width:${(place(high) - place(low)).toFixed(1)}%"></i><b style="left:${at(measured)}"></b>`;
  return html`<span class="interval" aria-hidden="true">${zone}${marks}${isKnown ? bar : undefined}</span>`;
}

function mark(of: Measured): Html {
  const good = isGood(of);
  const [sign, kind] = good === undefined ? ['?', 'open'] : good ? ['✓', 'yes'] : ['✗', 'no'];
  return html`<span class="mark ${kind}">${sign} ${standingWord(of)}</span>`;
}

function row(of: Measured, seeds: readonly number[]): Html {
  const wrong = 'wrong' in of ? html`<span class="small">${prose(of.wrong)}</span>` : undefined;
  const paper =
    of.paper === undefined
      ? undefined
      : html`<span class="small">${prose(`The authors report ${of.paper}.`)}</span>`;
  const interval = intervalWords(of, seeds.length);
  const bad = isGood(of) === false ? 'bad' : 'good';
  return html`<tr role="row" class="${bad}"><td role="cell">${prose(of.sentence)}${wrong}${paper}</td>${[
    cell('measured', number(of.measured, DIGITS)),
    cell(
      of.over === 'every' ? 'lowest and highest seed' : '95 % interval',
      html`<span>${interval === '' ? '–' : interval}${scale(of, seeds)}</span>`,
    ),
    cell('expected', expectedWords(of.expected)),
    cell('verdict', mark(of), 'text'),
  ]}</tr>`;
}

function table(
  label: string,
  first: string,
  all: readonly Measured[],
  valuesOf: (name: string) => number[],
): Html {
  const columns = head([
    [first, 'text'],
    ['measured', 'num'],
    ['interval', 'num'],
    ['expected', 'num'],
    ['verdict', 'text'],
  ]);
  return html`<table role="table" class="evidence" aria-label="${label}">${columns}<tbody role="rowgroup">${all.map((one) => row(one, valuesOf(one.name)))}</tbody></table>`;
}

/** The cards of the checks and of the controls. */
export function labEvidence(lab: Lab, { checks, controls, perSeed = [] }: LabDocument): Html {
  const valuesOf = (among: Lab['checks']) => (name: string) => {
    const of = among.find((one) => one.name === name)?.of ?? name;
    return perSeed.map(({ measured }) => measured[of] ?? Number.NaN);
  };
  const note = html`<p class="note">On the scales: the green band is where the number is expected, the bar its interval over seeds with the mean, thin marks single seeds.</p>`;
  const controlCard =
    controls.length === 0
      ? undefined
      : html`<section class="card" id="controls"><h2>Controls</h2>
<p>The same comparison, put to something for which the statement is wrong. It must lie outside of what is expected.</p>
${table('Controls', 'Control, and what is wrong about it', controls, valuesOf(lab.controls))}</section>`;
  return html`<section class="card" id="checks"><h2>Checks</h2>
${table('Checks', 'Check', checks, valuesOf(lab.checks))}${note}</section>
${controlCard}`;
}
