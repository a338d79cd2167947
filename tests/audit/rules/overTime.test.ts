// Rules about turns, versions and steps: what is planted is found, and sound rollouts of the same shape are silent.
import { describe, expect, test } from 'vitest';
import { ALL_FIELDS, plant, type SimulationSetting, simulate } from '../../../src/audit/simulator/index.ts';
import { laterVersion, olderBeginning, staleCache } from '../planted/logProbs.ts';
import { turns, withoutThoughts } from '../planted/turns.ts';
import { auditOf, auditUndeclared, codesOf, findingOf } from './only.ts';

describe('history-edited', () => {
  const codes = async (trajectories: ReturnType<typeof turns>): Promise<string[]> =>
    codesOf(await auditUndeclared(trajectories)).filter((code) => code === 'history-edited');

  test('reasoning that is taken out of earlier turns is found, with how much is missing', async () => {
    const run = await auditUndeclared(turns(6, withoutThoughts));
    const finding = findingOf(run, 'history-edited')!;
    expect(finding.severity).toBe('error');
    expect(finding.evidence).toMatchObject({ edited: 12, turns: 12 });
    expect(finding.spans.length).toBe(12);
    expect(finding.spans[0]).toEqual({ file: 'turns.jsonl', line: 7, from: 3, to: 7 });
  });

  test('one other token in the history is enough', async () => {
    const edit = (drawn: readonly number[]): readonly number[] =>
      drawn.map((id, k) => (k === 2 ? id + 1 : id));
    expect(await codes(turns(6, edit))).toEqual(['history-edited']);
  });

  test('a history that is kept is silent', async () => {
    expect(await codes(turns(6, (drawn) => drawn))).toEqual([]);
  });

  test('so are branches of one prompt, and agents with prompts of their own', async () => {
    const [first] = turns(1, (drawn) => drawn);
    const sibling = { ...first!, ids: first!.ids!.map((id, t) => (t > 5 ? id + 1 : id)) };
    // A branch that goes on from the middle of what was drawn.
    const half = (first!.length + first!.mask.indexOf(1)) >> 1;
    const branch = { ...first!, roles: first!.roles.map((role, k) => (k < half ? 0 : role)) };
    expect(await codes([first!, branch])).toEqual([]);
    const agent = { ...first!, ids: first!.ids!.map((id) => id + 900) };
    expect(await codes([first!, sibling, agent])).toEqual([]);
  });
});

describe('mixed-versions', () => {
  test('two versions inside a trajectory are an info where the file names them', async () => {
    const clean = simulate({ seed: 2 });
    expect(codesOf(await auditOf(clean), ['error', 'warning', 'info'])).not.toContain('mixed-versions');
    const run = await auditOf(plant(clean, laterVersion));
    expect(findingOf(run, 'mixed-versions')).toMatchObject({ severity: 'info', evidence: { named: true } });
    expect(codesOf(run)).toEqual([]);
  });

  test('so are the first and the last one, where these two are named', async () => {
    const named = (bump: (i: number) => number): Promise<readonly string[]> =>
      auditOf(
        plant(simulate({ seed: 2 }), ({ versions, mask }, _, i) => {
          const first = versions![mask.indexOf(1)]!;
          return { versions: Float64Array.of(first, first + bump(i)) };
        }),
      ).then((run) => codesOf(run, ['info']));
    expect(await named((i) => (i % 4 === 0 ? 1 : 0))).toContain('mixed-versions');
    expect(await named(() => 0)).not.toContain('mixed-versions');
  });

  test('without names a change of the difference inside trajectories shows it', async () => {
    const given: Partial<SimulationSetting> = {
      seed: 2,
      lengths: { kind: 'uniform', mean: 90, spread: 0 },
      maxLength: 200,
      fields: { ...ALL_FIELDS, versions: false },
    };
    const clean = simulate(given);
    expect(codesOf(await auditOf(clean), ['error', 'warning', 'info'])).not.toContain('mixed-versions');
    const bad = plant(clean, olderBeginning);
    const finding = findingOf(await auditOf(bad), 'mixed-versions')!;
    expect(finding).toMatchObject({ severity: 'info', evidence: { named: false } });
    // A span begins near the place of the change.
    for (const { line, from } of finding.spans) {
      expect((line - 1) % 5).toBe(0);
      expect(Math.abs(from - bad.trajectories[line - 1]!.mask.indexOf(1) - 45)).toBeLessThan(25);
    }
  });
});

describe('stale-kv', () => {
  const given: Partial<SimulationSetting> = { seed: 4, steps: 8, prompts: 3, firstStep: 1, mismatch: 0.03 };
  /** Noise that grows with the step, on the first quarter of a response or on all of it. */
  const noisy = (part: number) => plant(simulate(given), staleCache(part));

  test('differences that grow over the steps near the prompt are an info', async () => {
    expect(codesOf(await auditOf(simulate(given)), ['error', 'warning', 'info'])).not.toContain('stale-kv');
    const run = await auditOf(noisy(0.25));
    expect(findingOf(run, 'stale-kv')).toMatchObject({ severity: 'info', evidence: { steps: 8 } });
    expect(codesOf(run)).toEqual([]);
  });

  test('growth alone is not: a cache would be near the prompt', async () => {
    expect(codesOf(await auditOf(noisy(1)), ['info'])).not.toContain('stale-kv');
  });
});
