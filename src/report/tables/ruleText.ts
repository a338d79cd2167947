// A rule of the audit in words: `gradsplit audit --explain CODE`.
import type { Rule } from '../../audit/index.ts';
import { columns, paragraph } from './layout.ts';
import type { Palette } from './palette.ts';

/** What a rule looks for, how, and what to do about it. */
export function ruleText(rule: Rule, palette: Palette): string {
  const { code, severity, sentence, signature, formula, threshold, set, advice, source, needs } = rule;
  const parts: readonly (readonly [string, string])[] = [
    ['seen as', signature],
    ['formula', formula],
    ['threshold', threshold],
    ...(set === undefined ? [] : [['set', set] as const]),
    ['what to do', advice],
    ['needs', needs.map((need) => (typeof need === 'string' ? need : need.join(' or '))).join(', ')],
    ['source', source],
  ];
  return [
    `${palette.bold(code)} (${severity})`,
    paragraph(sentence, 2, palette),
    ...parts.map(([name, text]) => `${palette.dim(name)}\n${paragraph(text, 2, palette)}`),
  ].join('\n');
}

/** All rules in a line each. */
export function rulesTable(rules: readonly Rule[], palette: Palette): string {
  return columns(
    [
      ['code', 'left'],
      ['severity', 'left'],
      ['what goes wrong', 'left', { drop: 1 }],
    ],
    rules.map(({ code, severity, sentence }) => [code, severity, sentence]),
    palette,
  );
}
