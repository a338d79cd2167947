// What an objective is shown of a trajectory: the batch built from profiles against the batch built from listed choices.
import { describe, expect, test } from 'vitest';
import { evaluatedPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import { batchOf, looksAtTokens, profilesOf } from '../../src/attribution/profiles.ts';
import { checkBatch } from '../../src/objectives/batch.ts';
import {
  grpo,
  type Objective,
  type ObjectiveTraits,
  ppo,
  type RawOptions,
  sft,
} from '../../src/objectives/index.ts';
import { enumerate, batchOf as listedBatch } from '../oracle/bruteForce.ts';
import { drawPolicy } from '../oracle/policies.ts';

/** Log-probabilities of a handful of roundings; values are conditional expectations of rewards below 5. */
const TOLERANCE = 1e-12;
const FLOATS = ['logProb', 'oldLogProb', 'refLogProb', 'value', 'reward'] as const;
const INTEGERS = ['offsets', 'mask', 'component', 'attempt', 'group'] as const;

describe.each([
  { attempts: 1, length: 3, vocabulary: 2 },
  { attempts: 2, length: 2, vocabulary: 2 },
  { attempts: 3, length: 1, vocabulary: 3 },
])('attempts $attempts, length $length, vocabulary $vocabulary', (shape) => {
  const policy = drawPolicy(shape, 5);
  const evaluated = evaluatedPolicy(policy);
  const { graph } = evaluated;
  const world = enumerate(policy);

  test.each(['policy', 'reference'] as const)('every pair of trajectories drawn by the %s', (behaviour) => {
    const { profiles, profileOf } = profilesOf(evaluated, behaviour, true);
    const n = world.trajectories.length;
    expect([...profileOf]).toEqual(Array.from({ length: n }, (_, i) => i));
    for (let i = 0; i < n; i++) {
      expect(Math.abs(profiles[i]!.probability - world[behaviour].path[i]!)).toBeLessThanOrEqual(TOLERANCE);
      const group = [i, (7 * i + 3) % n];
      const found = batchOf(
        group.map((leaf) => profiles[leaf]!),
        graph,
        true,
      );
      const expected = listedBatch(world, world[behaviour], group, true);
      checkBatch(found);
      for (const field of INTEGERS) expect([...found[field]]).toEqual([...expected[field]]);
      for (const field of FLOATS) {
        expect(found[field]).toHaveLength(expected[field]!.length);
        found[field]!.forEach((x, t) => {
          expect(Math.abs(x - expected[field]![t]!)).toBeLessThanOrEqual(TOLERANCE);
        });
      }
    }
  });

  test('on policy the ratio is exactly one, off policy it is not', () => {
    const on = profilesOf(evaluated, 'policy', true).profiles;
    const off = profilesOf(evaluated, 'reference', true).profiles;
    for (const { logProb: now, oldLogProb } of on) expect(oldLogProb).toEqual(now);
    for (const { logProb: now, oldLogProb, refLogProb } of off) {
      expect(oldLogProb).toEqual(refLogProb);
      expect(oldLogProb).not.toEqual(now);
    }
  });

  test('a critic is there only when asked for', () => {
    const { profiles } = profilesOf(evaluated, 'policy', true);
    expect('value' in batchOf([profiles[0]!], graph, false)).toBe(false);
  });

  test('put together, profiles are the distinct pairs of reward and length', () => {
    const target = {
      ...policy,
      reward: { kind: 'target', target: new Array(shape.length).fill(1), attemptCost: 0 },
    } as const;
    const { profiles, profileOf } = profilesOf(evaluatedPolicy(target), 'policy', false);
    expect(profiles).toHaveLength(2 * shape.attempts);
    enumerate(target).trajectories.forEach(({ reward, choices }, leaf) => {
      const profile = profiles[profileOf[leaf]!]!;
      expect([profile.reward, profile.logProb.length]).toEqual([reward, choices.length]);
    });
    expect(Math.abs(profiles.reduce((sum, { probability }) => sum + probability, 0) - 1)).toBeLessThanOrEqual(
      TOLERANCE,
    );
  });
});

test('what makes an objective look at more than rewards and lengths', () => {
  const traits = <O>(objective: Objective<O>, raw: RawOptions = {}): ObjectiveTraits =>
    objective.traits(objective.parseOptions(raw));
  expect(looksAtTokens(traits(sft), 'policy')).toBe(false);
  expect(looksAtTokens(traits(ppo, { beta: 0, critic: 'none' }), 'policy')).toBe(false);
  expect(looksAtTokens(traits(sft), 'reference')).toBe(true);
  expect(looksAtTokens(traits(grpo, { beta: 1e-9 }), 'policy')).toBe(true);
  expect(looksAtTokens(traits(ppo, { critic: 'value' }), 'policy')).toBe(true);
});

test('a token that the reference never takes is named as people know it', () => {
  const policy = drawPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 5);
  const decision = Float64Array.of(1e308, -1e308, 0, 0);
  const reference = { ...policy.reference, decision };
  expect(() => profilesOf(evaluatedPolicy({ ...policy, reference }), 'policy', true)).toThrow(
    'log π_ref: expected a finite number for every token that can be drawn, found -Infinity for a decision token of attempt 1',
  );
});
