// `verify` on a terminal: a line for every claim, then what failed and why.
import type { VerifyResult } from '../../analyses/verify.ts';
import type { ClaimResult } from '../../claims/claim.ts';
import type { Check, Control } from '../../documents/verify.ts';
import { count, formatNumber, formatSeconds } from '../format.ts';
import { tally, verdictSentence } from '../tally.ts';
import { columns, paragraph, safe } from './layout.ts';
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

function checkDetails({ name, measured, expected, error, tolerance, bound }: Check): string {
  const numbers = `measured ${formatNumber(measured)}, expected ${formatNumber(expected)}, error ${formatNumber(error, 3)}, tolerance ${formatNumber(tolerance, 3)} (${bound})`;
  return `${paragraph(`check failed: ${name}`, 2)}\n${paragraph(numbers, 6)}`;
}

function controlDetails({ name, statement, error, tolerance, on }: Control): string {
  const numbers = `error ${formatNumber(error, 3)}, tolerance ${formatNumber(tolerance, 3)}, on the ${on}`;
  return `${paragraph(`control accepted: ${name}`, 2)}\n${paragraph(statement, 6)}\n${paragraph(numbers, 6)}`;
}

/** What is to be said about a claim beside its line; nothing about one that holds. */
function details(result: ClaimResult, palette: Palette): string[] {
  const { claim, verdict, reason, checks, controls } = result;
  if (verdict === 'holds') return [];
  const lines = [`${palette.bold(claim.id)} ${safe(claim.title)}: ${paint(verdict, palette)}`];
  if (reason !== undefined) lines.push(paragraph(reason, 2));
  lines.push(...checks.filter((check) => !check.holds).map(checkDetails));
  lines.push(...controls.filter((control) => !control.rejected).map(controlDetails));
  return [lines.join('\n')];
}

/** The whole result as text. Prints `holds`, `fails` or `notApplicable` for every claim and the verdict at the end. */
export function verifyTable(result: VerifyResult, palette: Palette = plainPalette): string {
  const { version, options, kernels, claims, verdict } = result;
  const { checks, passed, controls, rejected } = tally(claims);
  const head = `gradsplit ${version}, kernels ${kernels.backend} (${kernels.build}), seed ${options.seed}`;
  const table = columns(
    [
      ['', 'left'],
      ['claim', 'left'],
      ['verdict', 'left'],
      ['checks', 'right'],
      ['controls', 'right'],
      ['error/tolerance', 'right'],
      ['time', 'right'],
    ],
    claims.map((claim) => claimRow(claim, palette)),
    palette,
  );
  const seconds = claims.reduce((total, claim) => total + claim.seconds, 0);
  const end = `${palette.bold(paint(verdict, palette))}: ${verdictSentence(claims)}. ${passed} of ${count(checks, 'check')} within tolerance, ${rejected} of ${count(controls, 'control')} rejected, ${formatSeconds(seconds)}.`;
  return [
    `${palette.dim(head)}\n${palette.dim(`policy: ${safe(options.source)}`)}`,
    table,
    ...claims.flatMap((claim) => details(claim, palette)),
    end,
  ].join('\n\n');
}
