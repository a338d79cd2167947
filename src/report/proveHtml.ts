// The report of `prove`: one page that opens from a file: the verdict, then every claim with its statements and wrong statements.
import type { ProveDocument, ProvedClaim } from '../documents/prove.ts';
import { formatSeconds } from './format.ts';
import { type Html, html, prose } from './html.ts';
import type { ContentsEntry } from './page/contents.ts';
import { factList } from './page/facts.ts';
import { fold } from './page/fold.ts';
import { type PageAssets, pageHtml } from './page/shell.ts';
import { enclosedWords, hasKind, KINDS, proofSentence, riskOf, witnessWords } from './proofs.ts';

type ProvedStatement = ProvedClaim['statements'][number];

const MARKS = {
  proved: { sign: '✓', word: 'proved', kind: 'holds' },
  refuted: { sign: '✗', word: 'refuted', kind: 'fails' },
  outside: { sign: '–', word: 'outside the class', kind: 'notApplicable' },
} as const;

const READING = html`<footer id="reading"><h3>How to read this page</h3>
<p><strong>Seen</strong> is what <code>gradsplit verify</code> does: an identity holds at one policy in float64, up to rounding. <strong>Enclosed</strong> means that an interval with outward rounding has the true value in it. <strong>Proved for the shape</strong> means that both sides of an identity between rational functions agree at independent random points of GF(2<sup>61</sup> − 1): were they different functions, they would agree with a probability of at most the risk that is given (Schwartz and Zippel; machine-checked as <code>MvPolynomial.schwartz_zippel_sum_degreeOf</code> in Mathlib). <strong>Proved for all lengths</strong> means that the step of an induction is such an identity, with free symbols for whatever follows a history. <strong>Outside the class</strong> is what is no identity between rational functions; the reason is given.</p>
<p>Probabilities, reference, rewards, log-ratios, directions and β are free symbols; a degree is computed by running the text of the statement over degrees. A wrong statement has to be refuted by a policy that anyone can check by hand.</p></footer>`;

function cells(statement: ProvedStatement): Html {
  const { name, verdict, kind, degree, riskLog2, width, because, reason, found, seconds } = statement;
  const { sign, word } = MARKS[verdict];
  const numbers = [
    ...(hasKind(statement) ? [KINDS[kind]] : []),
    ...(degree === undefined ? [] : [`degree ≤ ${degree}`]),
    ...(width === undefined ? [] : [`relative width ${width.toExponential(1)}`]),
    formatSeconds(seconds),
  ].join(' · ');
  const notes = [because, enclosedWords(statement), witnessWords(statement), reason, found].map((text) =>
    text === undefined ? undefined : html`<br><small>${prose(text)}</small>`,
  );
  const witnesses = (statement.witnesses ?? []).map(
    ({ policy }) => html`<br><code>${JSON.stringify(policy)}</code>`,
  );
  return html`<tr><td>${sign} ${word}</td><td>${prose(name)}<br><small>${numbers}</small>${notes}${witnesses}</td><td>${riskLog2 === undefined ? '–' : html`2<sup>${riskLog2}</sup>`}</td></tr>`;
}

function wrongRow({
  name,
  statement,
  verdict,
  found,
  counterExample,
}: ProvedClaim['controls'][number]): Html {
  const policy = counterExample === undefined ? undefined : JSON.stringify(counterExample);
  return html`<tr><td>${verdict === 'refuted' ? '✓ refuted' : '✗ not refuted'}</td><td>${name}: <i>${prose(statement)}</i>${found === undefined ? undefined : html`<br><small>${found}</small>`}${policy === undefined ? undefined : html`<br><code>${policy}</code>`}</td></tr>`;
}

function section(claim: ProvedClaim): Html {
  const { id, title, verdict, statements, controls } = claim;
  const { sign, word } = MARKS[verdict];
  const body = html`<table><thead><tr><th>verdict</th><th>statement</th><th>risk</th></tr></thead><tbody>${statements.map(cells)}</tbody></table>
<h4>Wrong statements, which have to be refuted</h4>
<table><thead><tr><th>verdict</th><th>statement and counter-example</th></tr></thead><tbody>${controls.map(wrongRow)}</tbody></table>`;
  return fold({ id, heading: `${id} ${title}: ${sign} ${word}`, open: verdict === 'refuted' }, body);
}

/** The page, complete. Same result, same bytes. */
export function proveHtml(result: ProveDocument, assets: PageAssets = {}): string {
  const { shape, claims, points, seed, trajectories, version } = result;
  const verdict = result.verdict ?? 'proved';
  const { sign, word } = MARKS[verdict];
  const risk = riskOf(claims);
  const parts: ContentsEntry[] = [
    ...claims.map(({ id, title, verdict }) => ({ id, label: `${id} ${title}`, mark: MARKS[verdict] })),
    { id: 'reading', label: 'How to read this page' },
  ];
  const body = html`<header><p class="eyebrow">gradsplit prove</p>
<div class="banner${verdict === 'refuted' ? ' failing' : ''}"><h1><b>${sign} ${word}</b> · for all policies of attempts ${shape.attempts}, length ${shape.length}, vocabulary ${shape.vocabulary}</h1>
<p>${proofSentence(result)}</p></div></header>
${factList([
  ['Shape', `K = ${shape.attempts}, L = ${shape.length}, V = ${shape.vocabulary}`],
  ['Trajectories', String(trajectories ?? '–')],
  ['Field', result.field],
  ['Random points', String(points)],
  ['Largest risk', risk === undefined ? '–' : `2^${risk}`],
  ['Seed', String(seed ?? '–')],
  ['Version', `gradsplit ${version ?? ''}`],
  ['Time', formatSeconds(claims.reduce((sum, claim) => sum + claim.seconds, 0))],
])}
${claims.map(section)}
${READING}`;
  return pageHtml({ title: `${word} – gradsplit prove`, parts, ...assets }, body);
}
