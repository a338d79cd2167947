// The rules of the audit as a page of Markdown: what each looks for, by which arithmetic, and what to do.
import type { Rule } from '../audit/index.ts';
import { needed } from '../audit/needs.ts';
import { pairsMarkdown } from './auditPairs.ts';
import { rateText } from './tables/ruleText.ts';

/** What a finding looks like where the mistake was planted in simulated rollouts. */
export interface RuleExample {
  readonly severity: string;
  readonly message: string;
}

/** One rule as a section. */
export function ruleMarkdown(rule: Rule, example?: RuleExample): string {
  const { code, severity, sentence, signature, formula, threshold, rate, material, advice, source, needs } =
    rule;
  const rows = [
    ['Signature', signature],
    ['Formula', `$\`${formula}\`$`],
    ['Threshold', threshold],
    ['False alarms', rateText(rate)],
    ...(material === undefined ? [] : [['What is told', material]]),
    ['What to do', advice],
    ['Needs', needs.length === 0 ? 'nothing beyond the rollouts' : needs.map(needed).join('; ')],
    ['Source', source],
    ...(example === undefined
      ? []
      : [['Planted', `${example.severity}: “${example.message}” Without the mistake: nothing.`]]),
  ];
  return [
    `### ${code}`,
    `*${severity}.* ${sentence}`,
    rows.map(([name, text]) => ` - **${name}.** ${text}`).join('\n'),
  ].join('\n\n');
}

const LEVELS = [
  ['error', 'wrong whatever was meant'],
  ['warning', 'likely hurts'],
  ['info', 'worth knowing'],
] as const;

/**
 * The page of all rules.
 * @param examples by code
 */
export function auditRulesMarkdown(
  rules: readonly Rule[],
  examples: ReadonlyMap<string, RuleExample>,
): string {
  const list = LEVELS.map(([severity, words]) => {
    const some = rules.filter((rule) => rule.severity === severity);
    const links = some.map(({ code }) => `[${code}](#${code})`).join(', ');
    return `**${severity}** (${words}): ${links}.`;
  });
  return `${[
    '# Findings of the audit',
    `What \`gradsplit audit\` looks for in rollouts: ${rules.length} known ways in which training goes wrong. This page is written by
\`npm run docs:audit\` from the rules themselves, a file each in \`src/audit/rules\`.`,
    `A finding has a code that never changes its meaning, a severity, the lines and tokens that it rests on, the numbers that it follows
from and the value that decided. A rule whose fields the input lacks is not checked, and the audit says why. The severity below is the
usual one; a finding says its own. Each threshold follows from a null, the rollouts of a trainer that does what it says, and from how
often an input under that null may get the finding: 10⁻⁴ or less, shared among all groups, trajectories and alternatives that are looked
at, or never but for rounding, which is allowed for. An effect that is beyond chance may still be too small to matter: under “What is
told” stands how large it must be, and what that means. “Planted” is the finding on simulated
rollouts with the mistake put in; \`simulate\` and \`plant\` of \`gradsplit/audit\` are what they are made with. Which format shows which
finding is in [audit-formats.md](audit-formats.md).`,
    ...list,
    '## Two mistakes at once',
    `Mistakes were planted in pairs. Most pairs are both found; some hide one of them until the other one is mended.`,
    pairsMarkdown(),
    '## The findings',
    ...rules.map((rule) => ruleMarkdown(rule, examples.get(rule.code))),
  ].join('\n\n')}\n`;
}
