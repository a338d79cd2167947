// What a proof for all policies is, from docs/proofs.md, on the page of a verification, which sees one policy.
import { type Html, html } from '../html.ts';
import { sectionOf } from '../markdown.ts';
import { commandLine } from './facts.ts';
import { fold } from './fold.ts';
import { markdownHtml } from './markdownHtml.ts';

/** The anchor of the card. */
export const PROOFS_ID = 'proofs';

const SECTIONS = ['What is decided', 'How it is decided', 'Verdicts', 'Inductions', 'What is not proved'];

/** The card, folded. @param page docs/proofs.md */
export function proofsCard(page: string): Html {
  const sections = SECTIONS.map((heading) => sectionOf(page, heading) ?? '').join('\n');
  return fold(
    { id: PROOFS_ID, heading: 'Proofs: for all policies of a shape', open: false, kind: 'why' },
    html`<p>The checks of this page see one policy, up to rounding. The identities behind them are proved for all policies of a shape by another command, whose method docs/proofs.md explains:</p>
${commandLine('gradsplit prove')}
${markdownHtml(sections)}`,
  );
}
