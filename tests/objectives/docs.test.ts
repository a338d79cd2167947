// docs/objectives.md says of every objective and option what the code says; formulas are valid TeX.
import { readFileSync } from 'node:fs';
import temml from 'temml';
import { describe, expect, it } from 'vitest';
import { objectiveNames, objectives } from '../../src/objectives/index.ts';

const lines = readFileSync(new URL('../../docs/objectives.md', import.meta.url), 'utf8').split('\n');

describe.each(objectiveNames)('%s', (name) => {
  const { options, source, formula, sentence } = objectives[name];

  it('has a row with its source', () => {
    expect(
      lines.filter((line) => line.startsWith(`| \`${name}\` |`) && line.endsWith(`| ${source} |`)),
    ).toHaveLength(1);
  });

  it('has a row that says where trainers differ, with its own defaults', () => {
    const rows = lines.filter((line) => line.startsWith(`| **${name}** |`));
    expect(rows).toHaveLength(1);
    const [row] = rows;
    if ('ddof' in options) expect(row).toMatch(/ddof=1 and ε=1e-4|ddof, ε and groups of one as for grpo/);
    if (name === 'grpo')
      expect(options).toMatchObject({ ddof: { default: 1 }, stdEpsilon: { default: 1e-4 } });
    if (name === 'drGrpo') expect(options).toMatchObject({ maxLength: { default: 1 } });
    if (name === 'cispo') expect(options).toMatchObject({ clipHigh: { default: 4 } });
  });

  it('has its defaults in order', () => {
    const shown = Object.entries(options).map(([key, spec]) => `${key}=${spec.default}`);
    expect(lines).toContain(`| \`${name}\` | ${shown.join(' ')} |`);
  });

  it('has a sentence for every option, and the code’s is the document’s', () => {
    for (const [key, spec] of Object.entries(options)) {
      const rows = [`| \`${key}\` | ${spec.sentence} |`, `| \`${key}\` (${name}) | ${spec.sentence} |`];
      expect(lines.filter((line) => rows.includes(line))).toHaveLength(1);
    }
  });

  it('has a formula in valid TeX and a sentence', () => {
    expect(temml.renderToString(formula, { throwOnError: true })).toContain('<math');
    expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});

it('a formula that is no TeX would be seen', () => {
  expect(() => temml.renderToString('\\frac{1', { throwOnError: true })).toThrow();
});
