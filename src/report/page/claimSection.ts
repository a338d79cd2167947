// One claim on a page: what it says, under which assumptions, and everything that was measured about it.
import type { ClaimResult } from '../../claims/claim.ts';
import { figureHtml } from '../figures/index.ts';
import { type Html, html, prose } from '../html.ts';
import { checksTable, controlsTable } from './evidence.ts';
import { formula } from './math.ts';

/** A verdict as a badge. */
export function badge(verdict: ClaimResult['verdict']): Html {
  const text = { holds: '✓ holds', fails: '✗ fails', notApplicable: 'not applicable' }[verdict];
  return html`<span class="verdict ${verdict}">${text}</span>`;
}

/** The section of a claim, anchored at its id. */
export function claimSection(result: ClaimResult): Html {
  const { claim, verdict, reason } = result;
  const formulas = claim.formulas.map(formula);
  const assumptions = claim.assumptions.map((assumption) => html`<li>${prose(assumption)}</li>`);
  return html`<section class="card claim" id="${claim.id}" aria-labelledby="${claim.id}-title">
<header><h2 id="${claim.id}-title"><span class="id">${claim.id}</span> ${prose(claim.title)}</h2>${badge(verdict)}<a class="back" href="#summary">↑ summary</a></header>
${reason === undefined ? undefined : html`<p><strong>${verdict === 'notApplicable' ? 'Not applicable:' : 'Reason:'}</strong> ${reason}</p>`}
<p class="statement">${prose(claim.statement)}</p>
${formulas}
${assumptions.length === 0 ? undefined : html`<h3>Assumptions</h3><ul class="assumptions">${assumptions}</ul>`}
${result.figures.map(figureHtml)}
${checksTable(result)}
${controlsTable(result)}
</section>
`;
}
