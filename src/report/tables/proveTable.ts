// `prove` on a terminal: a line for every claim, then each statement with its verdict, and each wrong one with its counter-example.
import type { ProveDocument, ProvedClaim } from '../../documents/prove.ts';
import type { PolicyShape } from '../../policy/shape.ts';
import { formatSeconds } from '../format.ts';
import { enclosedWords, hasKind, KINDS, proofSentence, riskOf, tallyOf, witnessWords } from '../proofs.ts';
import { paragraph, safe } from './layout.ts';
import type { Palette } from './palette.ts';

type Verdict = ProvedClaim['verdict'];

function paint(verdict: Verdict, palette: Palette): string {
  return { proved: palette.green, refuted: palette.red, outside: palette.dim }[verdict](verdict);
}

/** What is put to a proof. */
export function proveHead(
  {
    shape: { attempts, length, vocabulary },
    points,
  }: { readonly shape: PolicyShape; readonly points: number },
  palette: Palette,
): string {
  return palette.dim(
    `all policies of attempts ${attempts}, length ${length}, vocabulary ${vocabulary}; ${points} random points of GF(2^61-1)`,
  );
}

/** The line of a claim. */
export function proveLine(claim: ProvedClaim, palette: Palette): string {
  const { proved, inductions, outside, controls, refutedControls } = tallyOf([claim]);
  const risk = riskOf([claim]);
  const parts = [
    `${proved} proved`,
    ...(inductions > 0 ? [`${inductions} for all lengths`] : []),
    ...(outside > 0 ? [`${outside} outside`] : []),
    `controls ${refutedControls}/${controls}`,
    ...(risk === undefined ? [] : [`risk ≤ 2^${risk}`]),
    formatSeconds(claim.seconds),
  ];
  return `${palette.bold(claim.id.padEnd(4))} ${safe(claim.title)}: ${paint(claim.verdict, palette)} (${parts.join(', ')})`;
}

function statementLines(claim: ProvedClaim, palette: Palette): string[] {
  const lines = claim.statements.flatMap((statement) => {
    const { name, verdict, kind, degree, riskLog2, reason, found, width } = statement;
    const numbers = [
      ...(hasKind(statement) ? [KINDS[kind]] : []),
      ...(degree === undefined ? [] : [`degree ≤ ${degree}`]),
      ...(riskLog2 === undefined ? [] : [`risk ≤ 2^${riskLog2}`]),
      ...(width === undefined ? [] : [`width ${width.toExponential(1)}`]),
    ].join(', ');
    const said = [enclosedWords(statement), witnessWords(statement), found, reason].filter(
      (x) => x !== undefined,
    );
    return [
      `${paragraph(`${verdict}: ${name}${numbers === '' ? '' : ` (${numbers})`}`, 2, palette)}`,
      ...said.map((text) => paragraph(text, 6, palette)),
    ];
  });
  const wrong = claim.controls.map(({ name, verdict, found }) =>
    paragraph(
      `${verdict === 'refuted' ? 'refuted, as it must be' : 'NOT REFUTED'}: ${name}${found === undefined ? '' : `; ${found}`}`,
      2,
      palette,
    ),
  );
  return [`${palette.bold(claim.id)} ${safe(claim.title)}`, ...lines, ...wrong];
}

/** What is said once all claims are decided: every statement, and the verdict. */
export function proveEnd(result: ProveDocument, palette: Palette): string {
  return [
    '',
    ...result.claims.flatMap((claim) => [...statementLines(claim, palette), '']),
    proofSentence(result),
  ].join('\n');
}
