// `verify` on a terminal: a line for every claim, then what failed and why.
import type { VerifyResult } from '../../analyses/verify.ts';
import type { Claim, ClaimResult } from '../../claims/claim.ts';
import type { Check, Control } from '../../documents/verify.ts';
import { count, formatNumber, formatSeconds } from '../format.ts';
import { tally, verdictSentence } from '../tally.ts';
import { type Column, fitted, paragraph, safe } from './layout.ts';
import { type Palette, plainPalette } from './palette.ts';

function paint(verdict: ClaimResult['verdict'], palette: Palette): string {
  return { holds: palette.green, fails: palette.red, notApplicable: palette.dim }[verdict](verdict);
}

/** `8/8`, red where some are missing; a dash of none. */
function outOf(good: number, all: number, palette: Palette): string {
  if (all === 0) return '–';
  return good === all ? `${good}/${all}` : palette.red(`${good}/${all}`);
}

function claimRow(result: ClaimResult, palette: Palette): string[] {
  const { checks, passed, controls, rejected, worst } = tally([result]);
  return [
    palette.bold(result.claim.id),
    safe(result.claim.title),
    paint(result.verdict, palette),
    outOf(passed, checks, palette),
    outOf(rejected, controls, palette),
    worst === undefined ? '–' : formatNumber(worst, 2),
    formatSeconds(result.seconds),
  ];
}

function checkDetails(
  { name, measured, expected, error, tolerance, bound }: Check,
  palette: Palette,
): string {
  const numbers = `measured ${formatNumber(measured)}, expected ${formatNumber(expected)}, error ${formatNumber(error, 3)}, tolerance ${formatNumber(tolerance, 3)} (${bound})`;
  return `${paragraph(`check failed: ${name}`, 2, palette)}\n${paragraph(numbers, 6, palette)}`;
}

function controlDetails({ name, statement, error, tolerance, on }: Control, palette: Palette): string {
  const numbers = `error ${formatNumber(error, 3)}, tolerance ${formatNumber(tolerance, 3)}, on the ${on}`;
  const [title, wrong, found] = [`control accepted: ${name}`, statement, numbers];
  return [paragraph(title, 2, palette), paragraph(wrong, 6, palette), paragraph(found, 6, palette)].join(
    '\n',
  );
}

/** What is to be said about a claim beside its line; nothing about one that holds. */
function details(result: ClaimResult, palette: Palette): string[] {
  const { claim, verdict, reason, checks, controls } = result;
  if (verdict === 'holds') return [];
  const lines = [`${palette.bold(claim.id)} ${safe(claim.title)}: ${paint(verdict, palette)}`];
  if (reason !== undefined) lines.push(paragraph(reason, 2, palette));
  lines.push(...checks.filter((check) => !check.holds).map((check) => checkDetails(check, palette)));
  lines.push(
    ...controls.filter(({ rejected }) => !rejected).map((control) => controlDetails(control, palette)),
  );
  return [lines.join('\n')];
}

const COLUMNS: readonly Column[] = [
  ['', 'left'],
  ['claim', 'left'],
  ['verdict', 'left'],
  ['checks', 'right'],
  ['controls', 'right'],
  ['error/tolerance', 'right', { drop: 2 }],
  ['time', 'right', { drop: 1 }],
];

/** The table as text that can be printed while the claims are still being verified. */
export interface VerifyLines {
  /** What is verified, and the heads of the columns. */
  readonly head: string;
  /** The line of a claim. */
  line(result: ClaimResult): string;
  /** What failed and why, and the verdict. */
  end(result: VerifyResult): string;
}

/** The lines of a table of these claims; those that do not apply to the policy are known before. */
export function verifyLines(
  { options, kernels, version }: Pick<VerifyResult, 'options' | 'kernels' | 'version'>,
  notApplicable: readonly Claim[],
  palette: Palette = plainPalette,
): VerifyLines {
  // As wide as any row will be; a claim that does not apply has the longest verdict.
  const like = options.claims.map((claim) => [
    safe(claim.id),
    safe(claim.title),
    notApplicable.some(({ id }) => id === claim.id) ? 'notApplicable' : 'holds',
    ...['99/99', '99/99', '0.99', '999 ms'],
  ]);
  const { head, row, note } = fitted(COLUMNS, like, palette);
  const what = `gradsplit ${version}, kernels ${kernels.backend} (${kernels.build}), seed ${options.seed}`;
  const policy = paragraph(`policy: ${safe(options.source)}`, 0, palette);
  return {
    head: `${palette.dim(what)}\n${palette.dim(policy)}\n\n${head}`,
    line: (result) => row(claimRow(result, palette)),
    end: ({ claims, verdict }) => {
      const { checks, passed, controls, rejected } = tally(claims);
      const seconds = claims.reduce((total, claim) => total + claim.seconds, 0);
      const sentence = `${verdict}: ${verdictSentence(claims)}. ${passed} of ${count(checks, 'check')} within tolerance, ${rejected} of ${count(controls, 'control')} rejected, ${formatSeconds(seconds)}.`;
      const ending = paragraph(sentence, 0, palette).replace(verdict, palette.bold(paint(verdict, palette)));
      const parts = [...claims.flatMap((claim) => details(claim, palette)), ending].join('\n\n');
      return note === undefined ? `\n${parts}` : `${note}\n\n${parts}`;
    },
  };
}

/** The whole result as text. Prints `holds`, `fails` or `notApplicable` for every claim and the verdict at the end. */
export function verifyTable(result: VerifyResult, palette: Palette = plainPalette): string {
  const silent = result.claims.filter(({ verdict }) => verdict === 'notApplicable').map(({ claim }) => claim);
  const { head, line, end } = verifyLines(result, silent, palette);
  return [head, ...result.claims.map(line), end(result)].join('\n');
}
