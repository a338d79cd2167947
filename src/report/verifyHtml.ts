// The report of `verify`: one page that opens from a file, without network or script, in light, dark and print.
import type { VerifyResult } from '../experiments/verify.ts';
import { Html, html } from './html.ts';
import { claimSection } from './page/claimSection.ts';
import { pageCss } from './page/style.ts';
import { banner, facts, summary } from './page/summary.ts';

/** What a page needs from files, read by the caller. */
export interface PageAssets {
  /** Temml.woff2 in base64: script letters and primes of formulas. Without it they come from the reader's fonts. */
  readonly mathFont?: string;
}

/** Nothing may be loaded or run, even if something in the page asked for it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:";

const READING = html`<footer><h3>How to read this page</h3>
<p>A <strong>check</strong> holds if its error is at most its tolerance. Tolerances are derived from the size of the sums involved and the precision of double arithmetic; the bound is given under each check. A <strong>control</strong> is a wrong statement put to the same code; it has to be rejected, or the check would prove nothing. Where the policy could satisfy a wrong statement by accident, the control runs on a seeded generic companion. A claim holds if every check holds and every control is rejected.</p>
<p>Bars show error ÷ tolerance on a logarithmic scale with a mark at 1: from 10⁻⁸ to 10 for checks, from 10⁻² to 10¹⁶ for controls. Hover over a number for all of its digits.</p>
<p>The claims are gradsplit’s own formalisation of the gradient attribution property of the two-stage decision-sampling hypothesis (arXiv 2601.01580). Conditions and counter-examples are part of it.</p></footer>`;

/** The page, complete. Same result, same bytes. Everything that comes from a file or a user is escaped. */
export function verifyHtml(result: VerifyResult, assets: PageAssets = {}): string {
  const style = new Html(pageCss(assets.mathFont));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${result.verdict} – gradsplit verify</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
${banner(result)}
${facts(result)}
${summary(result.claims)}
${result.claims.map(claimSection)}
${READING}
</main>
</body>
</html>
`.markup;
}
