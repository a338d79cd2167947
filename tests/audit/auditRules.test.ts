// docs/audit.md is what the rules say, with findings on planted mistakes. `npm run docs:audit` writes it: GRADSPLIT_WRITE names it then.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rules, runRules } from '../../src/audit/index.ts';
import { auditRulesMarkdown, type RuleExample, ruleMarkdown } from '../../src/report/auditRules.ts';
import { ROOT } from '../structure/files.ts';
import { examples } from './planted/examples.ts';

/** What a threshold without chance says of itself, and how a text goes on from what is told to what it means. */
const CERTAIN =
  /^None|rounding|no chance|no matter of chance|no noise|no test|exact|a limit is a limit|probability 0|hash|counter-example/i;
const MEANING = /: |, so that |, which |, whatever |, since /;

const PAGE = 'docs/audit.md';

test('the page is up to date: npm run docs:audit', async () => {
  const found = new Map<string, RuleExample>();
  for (const { code, make } of examples) {
    if (found.has(code)) continue;
    const { trajectories, setting } = make();
    const some = rules.filter((rule) => rule.code === code);
    const { findings } = await runRules(some, () => trajectories, setting);
    if (findings[0] !== undefined) found.set(code, findings[0]);
  }
  // Rules whose example is not found are listed, so that none is lost unseen.
  const planted = new Set(examples.map(({ code }) => code));
  expect([...planted].filter((code) => !found.has(code))).toEqual([]);
  const page = auditRulesMarkdown(rules, found);
  const path = join(ROOT, PAGE);
  if (process.env.GRADSPLIT_WRITE === PAGE) writeFileSync(path, page);
  expect(readFileSync(path, 'utf8')).toBe(page);
});

test('every threshold has a null and a rate, or says why there is no chance in it; what must be large says what that means', () => {
  for (const { code, threshold, rate, material } of rules) {
    expect(rate, code).toBeGreaterThanOrEqual(0);
    // 85 rules at this rate raise fewer than one false alarm in a hundred inputs.
    expect(rate, code).toBeLessThanOrEqual(1e-4);
    expect(threshold, code).toMatch(rate > 0 ? /null/i : CERTAIN);
    if (material !== undefined) expect(material, code).toMatch(MEANING);
  }
});

test('a rule has all that it is explained by', () => {
  const [rule] = rules;
  const text = ruleMarkdown(rule!, { severity: 'error', message: 'Seen.' });
  for (const part of [
    rule!.sentence,
    rule!.signature,
    rule!.formula,
    rule!.threshold,
    rule!.advice,
    rule!.source,
    'Seen.',
  ]) {
    expect(text).toContain(part);
  }
  for (const { code, sentence, signature, formula, threshold, advice, source } of rules) {
    for (const part of [sentence, signature, formula, threshold, advice, source]) {
      expect(part.length, code).toBeGreaterThan(3);
      expect(part, code).not.toMatch(/\n/);
    }
  }
});
