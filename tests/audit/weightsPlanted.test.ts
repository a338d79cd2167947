// Every mistake about masks, divisors and weights is found where it is planted, and nothing is said where it is not.
import { describe, expect, test } from 'vitest';
import { auditOf, cleanOf, codesFrom } from './planted/mistake.ts';
import { weightMistakes } from './planted/weights.ts';

describe.each(weightMistakes.map((planted) => [planted.code, planted] as const))('%s', (code, planted) => {
  test('is found where it is planted, and nothing else of its severity', async () => {
    const run = await auditOf(planted.alter(cleanOf(planted)));
    const found = run.findings.filter(({ rule }) => rule.code === code);
    expect(found.map(({ severity }) => severity)).toEqual([planted.severity]);
    expect(found[0]!.spans.length).toBeGreaterThan(0);
    expect(codesFrom(run, planted.severity === 'info' ? 'warning' : planted.severity)).toEqual(
      planted.severity === 'info' ? [] : [code],
    );
  });

  test('is not found before, and nothing else that is a warning', async () => {
    const run = await auditOf(cleanOf(planted));
    expect(codesFrom(run, 'warning')).toEqual([]);
    expect(run.findings.map(({ rule }) => rule.code)).not.toContain(code);
  });
});
