// A rule of the audit in words: `gradsplit audit --explain CODE`.
import type { Rule } from '../../audit/index.ts';
import { columns, paragraph } from './layout.ts';
import type { Palette } from './palette.ts';

/** How often an input without the mistake gets the finding, in words. */
export function rateText(rate: number): string {
  return rate === 0
    ? 'None under that null: rounding is allowed for.'
    : `At most 10${'⁰¹²³⁴⁵⁶⁷⁸⁹'.split('').reduce((text, digit, d) => text.replaceAll(String(d), digit), String(Math.log10(rate)).replace('-', '⁻'))} of the inputs under that null.`;
}

/** What a rule looks for, how, and what to do about it. */
export function ruleText(rule: Rule, palette: Palette): string {
  const { code, severity, sentence, signature, formula, threshold, rate, material, advice, source, needs } =
    rule;
  const parts: readonly (readonly [string, string])[] = [
    ['seen as', signature],
    ['formula', formula],
    ['threshold', threshold],
    ['false alarms', rateText(rate)],
    ...(material === undefined ? [] : [['what is told', material] as const]),
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
