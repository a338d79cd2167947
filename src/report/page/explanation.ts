// What a claim says and why, from docs/theory.md, on the page itself: a page is read where no other one can be reached.
import { type Html, html } from '../html.ts';
import { claimTheory, termsTheory } from '../theory.ts';
import { commandLine } from './facts.ts';
import { fold } from './fold.ts';
import { markdownHtml } from './markdownHtml.ts';

/** The anchor of the explanation of a claim. */
export function explanationId(claim: string): string {
  return `${claim}-why`;
}

/** The anchor of the terms that the explanations use. */
export const TERMS_ID = 'terms';

/**
 * The section on a claim, folded.
 * @returns undefined for a claim that docs/theory.md does not have
 */
export function claimExplanation(claim: string, theory: string): Html | undefined {
  const section = claimTheory(theory, claim);
  if (section === undefined) return undefined;
  // The heading is that of the card.
  const [, ...blocks] = markdownHtml(section);
  const summary = html`<summary>What this claim says and why</summary>`;
  const body = html`${blocks}
<p class="note">L, padding, δ_D and δ_K are explained in <a href="#${TERMS_ID}">the terms</a>. On a terminal:</p>
${commandLine(`gradsplit help ${claim}`)}`;
  return html`<details class="why" id="${explanationId(claim)}">${summary}${body}</details>`;
}

/** The card of the terms: the process, what is compared, and the construction that claims about L rest on. */
export function termsCard(theory: string): Html {
  return fold(
    { id: TERMS_ID, heading: 'Terms: the process, and how a claim is checked', open: false, kind: 'why' },
    html`${markdownHtml(termsTheory(theory))}
${commandLine('gradsplit help claims')}`,
  );
}
