// Advantages taken apart: weights and shares are those that the rollouts were made with, and what has no part in them gets none.
import { expect, test } from 'vitest';
import { advantageParts } from '../../src/audit/advantageParts.ts';
import { runRules } from '../../src/audit/index.ts';
import type { Summary } from '../../src/audit/summary.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { altered, type Case, mean, sound, standardised, std, withAdvantages } from './planted/planted.ts';

const summaryOf = async ({ trajectories, setting }: Case): Promise<Summary> =>
  (await runRules([], () => trajectories, setting)).summary;

const PARTS = [
  { name: 'correct', kind: 'binary', weight: 1 },
  { name: 'style', kind: 'continuous', weight: 0.3 },
  { name: 'format', kind: 'format', weight: 0.5 },
] as const;

const membersBy = (trajectories: readonly Trajectory[]): Trajectory[][] => {
  const groups = new Map<string, Trajectory[]>();
  for (const t of trajectories) groups.set(t.group!, [...(groups.get(t.group!) ?? []), t]);
  return [...groups.values()];
};

test.each([true, false])(
  'weights, shares and turned signs of three functions; divided by σ: %s',
  async (normalizeByStd) => {
    const rollouts = sound({
      seed: 4,
      prompts: 12,
      rewards: PARTS,
      options: { normalizeByStd, stdEpsilon: 1e-4 },
    });
    const found = advantageParts(await summaryOf(rollouts))!;
    expect(found.parts.map(({ name }) => name)).toEqual(['correct', 'style', 'format']);
    for (const [k, { weight }] of found.parts.entries()) expect(weight).toBeCloseTo(PARTS[k]!.weight, 6);
    // By hand: the parts of each advantage as the trainer computed them.
    const sums = { square: 0, share: [0, 0, 0], flips: [0, 0, 0], count: 0 };
    for (const members of membersBy(rollouts.trajectories)) {
      const scale = normalizeByStd ? std(members.map((t) => t.reward!)) + 1e-4 : 1;
      for (const t of members) {
        const a = Number(t.advantage);
        sums.square += a * a;
        sums.count++;
        for (const [k, { name, weight }] of PARTS.entries()) {
          const part =
            (weight * (t.rewards![name]! - mean(members.map((other) => other.rewards![name]!)))) / scale;
          sums.share[k]! += part * a;
          if (Math.abs(a - part) < 1e-9 ? Math.abs(a) > 1e-9 : Math.sign(a - part) !== Math.sign(a))
            sums.flips[k]!++;
        }
      }
    }
    for (const [k, { share, signFlips }] of found.parts.entries()) {
      expect(share).toBeCloseTo(sums.share[k]! / sums.square, 6);
      expect(signFlips).toBeCloseTo(sums.flips[k]! / sums.count, 9);
    }
    expect(found.parts.reduce((sum, { share }) => sum + share, found.rest)).toBeCloseTo(1, 9);
    expect(Math.abs(found.rest)).toBeLessThan(1e-6);
    expect(found.explained).toBe(1);
  },
);

const responseOf = (t: Trajectory): number => t.mask.reduce((a, b) => a + b, 0);

test('a penalty on length that no function names is found, with its slope', async () => {
  const penalised = altered(sound({ seed: 5, prompts: 12 }), (t) => ({
    reward: t.reward! - 0.01 * responseOf(t),
  }));
  const found = advantageParts(await summaryOf(withAdvantages(penalised, standardised)))!;
  expect(found.parts.map(({ name }) => name)).toEqual(['correct', 'length']);
  expect(found.parts[1]!.weight).toBeCloseTo(-0.01, 7);
  expect(found.parts[1]!.share).toBeGreaterThan(0);
  expect(found.explained).toBe(1);
});

test('numbers that have nothing to do with advantages get no part, though something is left to explain', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    // What decides besides correctness is in no column.
    const hidden = altered(sound({ seed }), (t, i) => ({
      reward: t.reward! + 0.2 * Math.sin(1000 * (i + seed)),
      extras: { noise: Math.sin(777 * i + seed), clock: i },
    }));
    const found = advantageParts(await summaryOf(withAdvantages(hidden, standardised)))!;
    expect(found.parts.map(({ name }) => name)).toEqual(['correct']);
    expect(found.rest).toBeGreaterThan(0.005);
    expect(found.explained).toBeLessThan(1);
  }
});

test('a function that never differs has no part, and a copy takes nothing away', async () => {
  const twice = altered(sound({ seed: 6 }), (t) => ({
    rewards: { constant: 1, correct: t.rewards!.correct!, copy: t.rewards!.correct! },
  }));
  const { parts, rest } = advantageParts(await summaryOf(twice))!;
  expect(parts[0]).toMatchObject({ name: 'constant', weight: 0, share: 0, signFlips: 0 });
  expect(parts[1]!.share + parts[2]!.share).toBeCloseTo(1, 6);
  expect(Math.abs(rest)).toBeLessThan(1e-6);
});

test('without advantages there is nothing to take apart', async () => {
  const { trajectories, setting } = sound({ seed: 1 });
  const bare = trajectories.map(({ advantage: _, ...t }) => t);
  expect(advantageParts(await summaryOf({ trajectories: bare, setting }))).toBeUndefined();
});
