// `audit` on a terminal: the verdict, every finding with the places it rests on, where the gradient signal goes, what was not checked.
import type { AuditDocument } from '../../documents/audit.ts';
import { count, formatNumber, formatShare } from '../format.ts';
import { plainText } from '../html.ts';
import { columns, paragraph, safe } from './layout.ts';
import type { Palette } from './palette.ts';

type Finding = AuditDocument['findings'][number];
type Shares = NonNullable<AuditDocument['shares']>;

/** Characters of a message; what it quotes is cut much earlier. */
const LONGEST = 600;

/** Places named for each finding. */
const PLACES = 3;

/** What the weights of the shares are, to follow “the weights are”. */
export const SOURCES: Readonly<Record<Shares['from'], string>> = {
  loggedWeights: 'those that the trainer logged',
  loggedAdvantages: 'those of the declared objective at the advantages that the trainer logged',
  formula: 'those of the declared objective at the advantages of its own formula',
};

function painter(severity: Finding['severity'], palette: Palette): (text: string) => string {
  return { error: palette.red, warning: palette.yellow, info: palette.dim }[severity];
}

function place({ file, line, from, to }: Finding['spans'][number]): string {
  return `${safe(file)}:${line} tokens ${from}–${Math.max(from, to - 1)}`;
}

function places({ spans }: Finding): string {
  const named = spans.slice(0, PLACES).map(place).join(', ');
  return spans.length > PLACES ? `${named}, …` : named;
}

function findingText(finding: Finding, palette: Palette): string {
  const { code, severity, message, advice, source, firstStep } = finding;
  const at = firstStep === undefined ? '' : ` (first at step ${firstStep})`;
  return [
    `${painter(severity, palette)(severity)} ${palette.bold(safe(code))}${at}`,
    paragraph(plainText(message, LONGEST), 2, palette),
    paragraph(plainText(`${advice} [${source}]`, LONGEST), 2, palette),
    palette.dim(paragraph(`at ${places(finding)}`, 2, palette)),
  ].join('\n');
}

/** `2 errors, 1 warning, 3 infos`. */
export function severityCounts(findings: readonly Finding[]): string {
  const of = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return [count(of('error'), 'error'), count(of('warning'), 'warning'), count(of('info'), 'info')].join(', ');
}

/** What the objective is, with its options, and who says so. */
export function objectiveText({ name, options, from }: NonNullable<AuditDocument['objective']>): string {
  const who = { user: '', header: ' (from the header of the file)', fit: ' (found by fit)' }[from];
  const given = Object.entries(options).map(
    ([key, value]) => `${key}=${Array.isArray(value) ? value.join(',') : value}`,
  );
  return `objective ${name}${who}: ${given.join(' ')}`;
}

function head({ rollouts, objective }: AuditDocument, palette: Palette): string {
  const { format, files, lines, skipped, groups, tokens, steps, unit, components } = rollouts;
  const labels = Object.entries(components).map(([rule, n]) => `${n} by ${rule}`);
  const sentences = [
    `${files.length === 1 ? safe(files[0]!) : count(files.length, 'file')}: ${format}, ${count(lines, 'trajectory', 'trajectories')}, ${tokens} ${unit}${unit === 'words' ? ' that stand in for tokens, as the file has text only' : ''}, ${count(groups, 'group')}, ${count(steps, 'step')}`,
    ...(skipped === 0 ? [] : [`${count(skipped, 'broken line')} left out`]),
    ...(labels.length === 0 ? [] : [`roles of tokens: ${labels.join(', ')}`]),
    objective === undefined
      ? 'no objective declared: --objective NAME says which, --objective auto finds out'
      : objectiveText(objective),
  ];
  return palette.dim(sentences.map((line) => paragraph(line, 0, palette)).join('\n'));
}

function share(x: number | null | undefined): string {
  return x === null || x === undefined || !Number.isFinite(x) ? '–' : formatShare(x, 1);
}

function byName(shares: Readonly<Record<string, number | null>>): string {
  return Object.entries(shares)
    .map(([name, x]) => `${safe(name)} ${share(x)}`)
    .join(', ');
}

function sharesText(shares: Shares, palette: Palette): string {
  const { from, weight, mass, byTerm, byAttempt, byLength, byOutcome, decisionOverSample, halfOfWeight } =
    shares;
  const rows = Object.keys(weight).map((role) => [role, share(weight[role]), share(mass[role])]);
  const facts = [
    ...(Object.keys(byTerm).length === 0 ? [] : [`by term of the loss: ${byName(byTerm)}`]),
    ...(byAttempt.length < 2 ? [] : [`by attempt: ${byAttempt.map(share).join(', ')}`]),
    `by length, the shortest quarter first: ${byLength.map(share).join(', ')}`,
    ...(Object.keys(byOutcome).length === 0 ? [] : [`by outcome: ${byName(byOutcome)}`]),
    ...(decisionOverSample === null || !Number.isFinite(decisionOverSample)
      ? []
      : [`a decision token weighs ${formatNumber(decisionOverSample, 3)} times a sample token`]),
    `half of Σ|w| is on ${share(halfOfWeight)} of the tokens`,
  ];
  return [
    palette.bold('Where the gradient signal goes'),
    palette.dim(paragraph(`The weights are ${SOURCES[from]}.`, 0, palette)),
    columns(
      [
        ['component', 'left'],
        ['of Σ|w|', 'right'],
        ['Σw', 'right'],
      ],
      rows,
      palette,
    ),
    ...facts.map((fact) => paragraph(fact, 0, palette)),
  ].join('\n');
}

function advantageText(
  { byReward, weights, signFlips }: NonNullable<AuditDocument['advantage']>,
  palette: Palette,
): string {
  const number = (x: number | null | undefined): string =>
    x === null || x === undefined ? '–' : formatNumber(x, 3);
  const rows = Object.keys(byReward).map((name) => [
    safe(name),
    number(weights[name]),
    share(byReward[name]),
    share(signFlips[name]),
  ]);
  return [
    palette.bold('What the advantages are made of'),
    columns(
      [
        ['reward', 'left'],
        ['weight', 'right'],
        ['of the variance', 'right'],
        ['signs it turns', 'right'],
      ],
      rows,
      palette,
    ),
  ].join('\n');
}

function budgetText(
  { sample, decision, ci95: [low, high] }: NonNullable<AuditDocument['varianceBudget']>,
  palette: Palette,
): string {
  const sentence = `of the variance of rewards, decisions bring ${share(decision)} [${share(low)}, ${share(high)}] and sampling ${share(sample)}, estimated from the groups`;
  return `${palette.bold('Where rewards vary')}\n${paragraph(sentence, 0, palette)}`;
}

/** Names of equivalents in the table of fits; the document has all of them. */
const EQUIVALENTS = 4;

/** Fits that are not told from a row, by name; their options are in the document. */
function equivalents(labels: readonly string[], own: string): string {
  const names = [...new Set(labels.map((label) => label.split(' ')[0]!))].filter((name) => name !== own);
  const named = names.slice(0, EQUIVALENTS).map(safe).join(', ');
  return names.length > EQUIVALENTS ? `${named} and ${names.length - EQUIVALENTS} more` : named;
}

function fitText(fit: NonNullable<AuditDocument['fit']>, palette: Palette): string {
  const rows = fit.map(({ objective, misfit, equivalentTo, options }) => [
    safe(objective),
    misfit === null ? '–' : formatNumber(misfit, 3),
    equivalents(equivalentTo, objective),
    Object.entries(options)
      .map(([key, value]) => `${key}=${typeof value === 'number' ? Number(value.toPrecision(6)) : value}`)
      .join(' '),
  ]);
  return [
    palette.bold('Which objective explains what was logged'),
    columns(
      [
        ['objective', 'left'],
        ['misfit', 'right'],
        ['not told from', 'left'],
        ['options', 'left', { drop: 1 }],
      ],
      rows,
      palette,
    ),
  ].join('\n');
}

function againstText(
  { objective, cosine, signTurnCount, shares }: NonNullable<AuditDocument['against']>,
  palette: Palette,
): string {
  const sentence = `cosine of the weights ${cosine === null || !Number.isFinite(cosine) ? '–' : formatNumber(cosine, 4)}; Σw changes its sign in ${count(signTurnCount, 'trajectory', 'trajectories')}; shares of Σ|w| there: ${byName(shares)}`;
  return `${palette.bold(`Against ${safe(objective.name)}`)}\n${paragraph(sentence, 0, palette)}`;
}

/** What the numbers leave out. */
function warningsText(warnings: readonly string[], palette: Palette): string {
  return palette.yellow(warnings.map((line) => paragraph(safe(line), 0, palette)).join('\n'));
}

/** What was not checked, by reason. */
function notCheckedText(notChecked: AuditDocument['notChecked'], palette: Palette): string {
  const byReason = new Map<string, string[]>();
  for (const { code, reason } of notChecked) byReason.set(reason, [...(byReason.get(reason) ?? []), code]);
  const lines = [...byReason].map(([reason, codes]) =>
    paragraph(`${reason}: ${codes.join(', ')}`, 2, palette),
  );
  return palette.dim([`${count(notChecked.length, 'check')} not made:`, ...lines].join('\n'));
}

/** The document as text. */
export function auditTable(document: AuditDocument, palette: Palette): string {
  const { findings, shares, varianceBudget, advantage, fit, against, notChecked, warnings = [] } = document;
  const worst = findings[0]?.severity;
  const counts = severityCounts(findings);
  return [
    head(document, palette),
    ...findings.map((finding) => findingText(finding, palette)),
    ...(shares === undefined ? [] : [sharesText(shares, palette)]),
    ...(varianceBudget === undefined ? [] : [budgetText(varianceBudget, palette)]),
    ...(advantage === undefined ? [] : [advantageText(advantage, palette)]),
    ...(fit === undefined ? [] : [fitText(fit, palette)]),
    ...(against === undefined ? [] : [againstText(against, palette)]),
    ...(warnings.length === 0 ? [] : [warningsText(warnings, palette)]),
    ...(notChecked.length === 0 ? [] : [notCheckedText(notChecked, palette)]),
    palette.bold(worst === undefined ? palette.green('nothing found') : painter(worst, palette)(counts)),
  ].join('\n\n');
}
