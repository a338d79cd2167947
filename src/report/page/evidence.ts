// Checks and controls as tables: every number, its tolerance, where that comes from, and a bar that relates the two.
import type { ClaimResult } from '../../claims/claim.ts';
import type { Check, Control } from '../../documents/verify.ts';
import { cell, head, number } from '../cells.ts';
import { type Html, html, prose } from '../html.ts';
import { errorRatio } from '../tally.ts';

/** Decades a bar spans: checks should stay below the mark at 1, controls go far beyond it. */
export const CHECK_DECADES: readonly [number, number] = [-8, 1];
export const CONTROL_DECADES: readonly [number, number] = [-2, 16];

/** Error / tolerance in words for the eye: a number and a bar on a log scale with a mark where they are equal. */
export function gauge(ratio: number, [low, high]: readonly [number, number], good: boolean): Html {
  const place = (log: number): number => Math.min(100, Math.max(0, (100 * (log - low)) / (high - low)));
  // NaN is no error within a tolerance, so its bar is full.
  const filled = Number.isNaN(ratio) ? 100 : ratio === 0 ? 0 : Math.max(2, place(Math.log10(ratio)));
  const bar = html`<i style="width:${filled.toFixed(1)}%"></i><b style="left:${place(0).toFixed(1)}%"></b>`;
  return html`<span>${number(ratio, 2)}<span class="gauge${good ? '' : ' bad'}" aria-hidden="true">${bar}</span></span>`;
}

function mark(good: boolean, yes: string, no: string): Html {
  return good
    ? html`<span class="mark yes">✓ <span>${yes}</span></span>`
    : html`<span class="mark no">✗ ${no}</span>`;
}

function checkRow(check: Check): Html {
  return html`<tr role="row" class="${check.holds ? 'good' : 'bad'}"><td role="cell">${prose(check.name)}<span class="small">${prose(check.bound)}</span></td>${[
    cell('measured', number(check.measured)),
    cell('expected', number(check.expected)),
    cell('error', number(check.error, 3)),
    cell('tolerance', number(check.tolerance, 3)),
    cell('error ÷ tolerance', gauge(errorRatio(check), CHECK_DECADES, check.holds)),
    cell('verdict', mark(check.holds, 'holds', 'fails'), 'text'),
  ]}</tr>`;
}

function controlRow(control: Control): Html {
  return html`<tr role="row" class="${control.rejected ? 'good' : 'bad'}"><td role="cell">${prose(control.name)}<span class="small">${prose(control.statement)}</span></td>${[
    cell('error', number(control.error, 3)),
    cell('tolerance', number(control.tolerance, 3)),
    cell('error ÷ tolerance', gauge(errorRatio(control), CONTROL_DECADES, control.rejected)),
    cell('on', control.on, 'text'),
    cell('verdict', mark(control.rejected, 'rejected', 'accepted'), 'text'),
  ]}</tr>`;
}

/** The checks of a claim; nothing without checks. */
export function checksTable({ checks }: ClaimResult): Html | undefined {
  if (checks.length === 0) return undefined;
  const columns = head([
    ['Check, and the bound of its tolerance', 'text'],
    ['measured', 'num'],
    ['expected', 'num'],
    ['error', 'num'],
    ['tolerance', 'num'],
    ['error ÷ tolerance', 'num'],
    ['verdict', 'text'],
  ]);
  return html`<h3>Checks</h3><table role="table" class="evidence">${columns}<tbody role="rowgroup">${checks.map(checkRow)}</tbody></table>`;
}

/** The controls of a claim: wrong statements, which have to be rejected; nothing without controls. */
export function controlsTable({ controls }: ClaimResult): Html | undefined {
  if (controls.length === 0) return undefined;
  const columns = head([
    ['Control, a wrong statement', 'text'],
    ['error', 'num'],
    ['tolerance', 'num'],
    ['error ÷ tolerance', 'num'],
    ['on', 'text'],
    ['verdict', 'text'],
  ]);
  return html`<h3>Controls</h3><table role="table" class="evidence">${columns}<tbody role="rowgroup">${controls.map(controlRow)}</tbody></table>`;
}
