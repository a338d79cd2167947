// Rules about the terms of an objective: what was planted is found, with nothing else at its level, and clean rollouts are left alone.
import { describe, expect, test } from 'vitest';
import { rules, runRules } from '../../src/audit/index.ts';
import { planted } from './planted/terms.ts';
import type { Input } from './planted/trained.ts';

const run = ({ setting, trajectories }: Input) => runRules(rules, () => trajectories, setting);

describe.each(Object.entries(planted))('%s', (_, { code, severity, clean, planted: bad }) => {
  test('is found, and nothing else at that level', async () => {
    const { findings } = await run(bad);
    // Infos are no alarm: others may stand beside one.
    const atLevel = findings.filter(
      (finding) => finding.severity === severity && (severity !== 'info' || finding.rule.code === code),
    );
    if (severity === 'info') expect(findings.filter((finding) => finding.severity !== 'info')).toEqual([]);
    expect(atLevel.map(({ rule, message }) => [rule.code, message])).toEqual([[code, expect.any(String)]]);
    const [finding] = atLevel;
    expect(finding!.spans.length).toBeGreaterThan(0);
    for (const { line, from, to } of finding!.spans) {
      const { length } = bad.trajectories.find(({ place }) => place.line === line)!;
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeGreaterThan(from);
      expect(to).toBeLessThanOrEqual(length);
    }
  });

  test('is not found without it', async () => {
    const { findings } = await run(clean);
    const bad = findings.filter((finding) => finding.severity !== 'info' || finding.rule.code === code);
    const said = bad.map(({ rule, message }) => [rule.code, message]);
    expect(severity === 'info' ? said : said.filter((_, k) => bad[k]!.severity !== 'info')).toEqual([]);
  });
});
