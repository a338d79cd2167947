// One claim on a page: what it says, under which assumptions, and everything that was measured about it.
import type { ClaimResult } from '../../claims/claim.ts';
import { figureHtml } from '../figures/index.ts';
import { type Html, html, prose } from '../html.ts';
import { checksTable, controlsTable } from './evidence.ts';
import { claimExplanation } from './explanation.ts';
import { fold } from './fold.ts';
import { formula } from './math.ts';

/** A verdict as a badge. */
export function badge(verdict: ClaimResult['verdict']): Html {
  const text = { holds: '✓ holds', fails: '✗ fails', notApplicable: 'not applicable' }[verdict];
  return html`<span class="verdict ${verdict}">${text}</span>`;
}

/**
 * The card of a claim, anchored at its id; open if the claim fails.
 * @param theory docs/theory.md, whose section on the claim is then part of the card
 */
export function claimSection(result: ClaimResult, theory?: string): Html {
  const { claim, verdict, reason, figures } = result;
  const formulas = claim.formulas.map(formula);
  const assumptions = claim.assumptions.map((assumption) => html`<li>${prose(assumption)}</li>`);
  const card = {
    id: claim.id,
    heading: html`<span class="id">${claim.id}</span> ${prose(claim.title)}`,
    mark: badge(verdict),
    open: verdict === 'fails',
    kind: 'claim',
  };
  return fold(
    card,
    html`${reason === undefined ? undefined : html`<p><strong>${verdict === 'notApplicable' ? 'Not applicable:' : 'Reason:'}</strong> ${reason}</p>`}
<p class="statement">${prose(claim.statement)}</p>
${formulas}
<div class="premises">
${assumptions.length === 0 ? undefined : html`<div><h3>Assumptions</h3><ul class="assumptions">${assumptions}</ul></div>`}
${figures.map(figureHtml)}
</div>
${theory === undefined ? undefined : claimExplanation(claim.id, theory)}
${checksTable(result)}
${controlsTable(result)}`,
  );
}
