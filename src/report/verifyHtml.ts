// The report of `verify`: one page that opens from a file, without network or script, in light, dark and print.
import type { VerifyResult } from '../analyses/verify.ts';
import { html } from './html.ts';
import { claimSection } from './page/claimSection.ts';
import type { ContentsEntry } from './page/contents.ts';
import { TERMS_ID, termsCard } from './page/explanation.ts';
import { overview } from './page/overview.ts';
import { type OwnPolicy, policyPanels, treeCard } from './page/policyNumbers.ts';
import { PROOFS_ID, proofsCard } from './page/proofsCard.ts';
import { type PageAssets, pageHtml } from './page/shell.ts';
import { banner, facts, summary } from './page/summary.ts';

const READING = html`<footer id="reading"><h3>How to read this page</h3>
<p>A <strong>check</strong> holds if its error is at most its tolerance. Tolerances are derived from the size of the sums involved and the precision of double arithmetic; the bound is given under each check. A <strong>control</strong> is a wrong statement put to the same code; it has to be rejected, or the check would prove nothing. Where the policy could satisfy a wrong statement by accident, the control runs on a seeded generic companion. A claim holds if every check holds and every control is rejected.</p>
<p>Bars show error ÷ tolerance on a logarithmic scale with a mark at 1: from 10⁻⁸ to 10 for checks, from 10⁻² to 10¹⁶ for controls. Hover over a number for all of its digits.</p>
<p>The claims are gradsplit’s own formalisation of the gradient attribution property of the two-stage decision-sampling hypothesis (arXiv 2601.01580). Conditions and counter-examples are part of it.</p></footer>`;

/** What the contents say of a verdict. */
const MARKS = {
  holds: { sign: '✓', word: 'holds', kind: 'holds' },
  fails: { sign: '✗', word: 'fails', kind: 'fails' },
  notApplicable: { sign: '–', word: 'not applicable', kind: 'notApplicable' },
} as const;

function parts({ claims }: VerifyResult, { own, theory, proofs }: VerifyExtras): ContentsEntry[] {
  return [
    ...(own === undefined ? [] : [{ id: 'tree', label: 'The tree of this policy' }]),
    { id: 'summary', label: 'Summary' },
    ...claims.map(({ claim: { id, title }, verdict }) => ({
      id,
      label: `${id} ${title}`,
      mark: MARKS[verdict],
    })),
    ...(theory === undefined ? [] : [{ id: TERMS_ID, label: 'Terms' }]),
    ...(proofs === undefined ? [] : [{ id: PROOFS_ID, label: 'Proofs for all policies' }]),
    { id: 'reading', label: 'How to read this page' },
  ];
}

/** What a page of a verification may have besides its result. */
export interface VerifyExtras extends PageAssets {
  /** The policy of a user, whose numbers then come first. */
  readonly own?: OwnPolicy;
  /** docs/theory.md: what each claim says and why. */
  readonly theory?: string;
  /** docs/proofs.md: what is proved for all policies, and how. */
  readonly proofs?: string;
}

/** The page, complete. Same result, same bytes. Everything that comes from a file or a user is escaped. */
export function verifyHtml(result: VerifyResult, extras: VerifyExtras = {}): string {
  const { own, theory, proofs, ...assets } = extras;
  const body = html`${banner(result)}
${own === undefined ? undefined : html`${policyPanels(own)}${treeCard(own)}`}
${overview(result.claims, own === undefined)}
${facts(result)}
${summary(result.claims, theory)}
${result.claims.map((claim) => claimSection(claim, theory))}
${theory === undefined ? undefined : termsCard(theory)}
${proofs === undefined ? undefined : proofsCard(proofs)}
${READING}`;
  return pageHtml(
    { title: `${result.verdict} – gradsplit verify`, parts: parts(result, extras), ...assets },
    body,
  );
}
