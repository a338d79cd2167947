// Rules about rewards, groups and advantages: each finds its planted mistake, and nothing else is found at that level.
import { describe, expect, test } from 'vitest';
import { rules, runRules } from '../../src/audit/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
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

describe('many trajectories', () => {
  // More than a call takes as arguments.
  const COUNT = 130_000;
  const [roles, mask] = [Uint8Array.of(0, 1), Uint8Array.of(0, 1)];
  const samplerLogProbs = Float64Array.of(Number.NaN, -1);
  const tiny = (given: (i: number) => Partial<Trajectory>): Trajectory[] =>
    Array.from({ length: COUNT }, (_, i) => ({
      place: { file: 'large.jsonl', line: i + 1 },
      length: 2,
      unit: 'tokens',
      roles,
      mask,
      isMaskLogged: true,
      areRolesLogged: true,
      samplerLogProbs,
      ...given(i),
    }));

  const cases: Readonly<Record<string, (i: number) => Partial<Trajectory>>> = {
    'singleton-zero': (i) => ({ group: `g${i}`, reward: i % 2, advantage: 0 }),
    'score-zero-replaced': (i) => ({
      reward: i % 2 || Math.sin(i),
      extras: { score: i % 2, other: Math.sin(i) },
    }),
    'group-singleton': (i) => ({
      group: i < 8 ? 'large' : `g${i}`,
      reward: i % 2 ? 1 : -1,
      advantage: i % 2 ? 1 : -1,
    }),
    'std-noise': (i) => ({
      group: `g${Math.floor(i / 4)}`,
      reward: i < 8 ? i % 2 : 0.3,
      advantage: i < 8 ? (i % 2) - 0.5 : 0.9,
    }),
    'loo-std-blowup': (i) => ({
      group: `g${Math.floor(i / 4)}`,
      reward: Number(i % 4 === 0),
      advantage: i % 4 === 0 ? 1e6 : -0.6,
    }),
  };

  test.each(Object.keys(cases))('%s', async (code) => {
    const trajectories = tiny(cases[code]!);
    const own = rules.filter((rule) => rule.code === code);
    const run = await runRules(own, () => trajectories, {});
    expect(run.findings.map(({ rule }) => rule.code)).toEqual([code]);
  });
});
