// Rules about rewards, groups and advantages: each finds its planted mistake, and nothing else is found at that level.
import { describe, expect, test } from 'vitest';
import { rules, runRules } from '../../src/audit/index.ts';
import * as divisions from './planted/divisions.ts';
import * as groups from './planted/groups.ts';
import * as lengths from './planted/lengths.ts';
import type { Case, Planted } from './planted/planted.ts';
import * as scores from './planted/scores.ts';
import * as tokenAdvantages from './planted/tokenAdvantages.ts';
import * as votes from './planted/votes.ts';

const SEEDS = [1, 2];
const LEVEL = { info: 0, warning: 1, error: 2 } as const;

const all: readonly Planted[] = [divisions, groups, lengths, scores, tokenAdvantages, votes].flatMap(
  (module) => Object.values(module),
);

const findings = async ({ trajectories, setting }: Case) =>
  (await runRules(rules, () => trajectories, setting)).findings;

describe.each(all)('$code', ({ code, severity, clean, mistakes }) => {
  test('is silent on sound rollouts', async () => {
    for (const seed of SEEDS) {
      const loud = (await findings(clean(seed))).filter(
        (finding) =>
          LEVEL[finding.severity] >= Math.max(1, LEVEL[severity]) ||
          (finding.rule.code === code && finding.severity === severity),
      );
      expect(loud.map(({ rule, message }) => `${seed} ${rule.code}: ${message}`)).toEqual([]);
    }
  });

  test.each(Object.keys(mistakes))('%s', async (name) => {
    for (const seed of SEEDS) {
      const found = await findings(mistakes[name]!(seed));
      const own = found.filter(({ rule }) => rule.code === code);
      expect(
        own.map((finding) => finding.severity),
        `seed ${seed}`,
      ).toContain(severity);
      for (const { spans, evidence } of own) {
        expect(spans.length).toBeGreaterThan(0);
        for (const { from, to } of spans) expect(to).toBeGreaterThan(from);
        expect(Object.keys(evidence).length).toBeGreaterThan(0);
      }
      const others = found.filter(
        (finding) => finding.rule.code !== code && LEVEL[finding.severity] >= Math.max(1, LEVEL[severity]),
      );
      expect(others.map(({ rule, message }) => `${seed} ${rule.code}: ${message}`)).toEqual([]);
    }
  });
});
