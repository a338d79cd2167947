// The enumeration of groups: profiles, limits, balance. The gradients stand against ordered groups in tests/experiments.
import { describe, expect, test } from 'vitest';
import { evaluatedPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import { balanceTolerance, expectedGradient, MAX_GROUPS } from '../../src/attribution/expectedGradient.ts';
import { multisets } from '../../src/attribution/multisets.ts';
import type { Behaviour } from '../../src/attribution/profiles.ts';
import { InputError } from '../../src/base/errors.ts';
import type { RawOptions } from '../../src/base/options.ts';
import { getObjective } from '../../src/objectives/index.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { drawPolicy } from '../oracle/policies.ts';

function run(
  policy: TabularPolicy,
  name: string,
  raw: RawOptions,
  groupSize: number,
  behaviour: Behaviour = 'policy',
) {
  const objective = getObjective(name);
  const options = objective.parseOptions(raw);
  return expectedGradient(evaluatedPolicy(policy), { objective, options, groupSize, behaviour });
}

const SHAPE = { attempts: 2, length: 2, vocabulary: 2 };
const target = drawPolicy(SHAPE, 2);
const table = drawPolicy(SHAPE, 3);

describe('profiles', () => {
  test('trajectories of equal reward and length are one profile, others are not', () => {
    // Right or wrong after one or two attempts: four profiles; a table gives each of 20 trajectories its own.
    expect(run(target, 'grpo', {}, 3).groups).toBe(multisets(4, 3));
    expect(run(table, 'grpo', {}, 3).groups).toBe(multisets(20, 3));
    expect(run(target, 'grpo', {}, 3, 'reference').groups).toBe(multisets(20, 3));
    expect(run(target, 'grpo', { beta: 0.1 }, 3).groups).toBe(multisets(20, 3));
    expect(run(target, 'ppo', { critic: 'value' }, 2).groups).toBe(multisets(20, 2));
  });

  test.each(['grpo', 'rloo', 'dapo', 'gspo', 'luspo', 'cispo', 'drGrpo', 'ppo', 'reinforce'])(
    'putting trajectories together changes nothing for %s',
    (name) => {
      const together = run(target, name, {}, 3);
      // A penalty far below the smallest normal float makes every trajectory its own profile and adds nothing.
      const apart = run(target, name, { beta: 1e-300, klPlacement: 'reward', klEstimator: 'k1' }, 3);
      expect(apart.groups).toBeGreaterThan(together.groups);
      together.gradient.forEach((x, i) => {
        expect(Math.abs(x - apart.gradient[i]!)).toBeLessThanOrEqual(
          apart.groups * Number.EPSILON * apart.largest,
        );
      });
      expect(together.balanced).toBe(apart.balanced);
    },
  );

  test('trajectories that cannot happen are left out', () => {
    const sample = target.logits.sample.map((_, i) => (i % 2 === 0 ? 800 : 0));
    const decision = target.logits.decision.map((_, i) => (i % 2 === 0 ? 800 : 0));
    const policy = { ...target, logits: { sample, decision } };
    const { groups, gradient, largest } = run(policy, 'reinforce', {}, 2);
    expect(groups).toBe(1);
    expect(gradient.every((x) => x === 0)).toBe(true);
    expect(largest).toBeLessThanOrEqual(0.5);
  });
});

describe('limits', () => {
  test('the most groups are refused with their number', () => {
    const big = drawPolicy({ attempts: 3, length: 2, vocabulary: 2 }, 3);
    expect(multisets(84, 4)).toBeGreaterThan(MAX_GROUPS);
    const refused = () => run(big, 'rloo', {}, 4);
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(
      `rloo: 84 distinguishable trajectories make ${multisets(84, 4)} groups of 4; at most ${MAX_GROUPS}`,
    );
    expect(run(big, 'rloo', {}, 3).groups).toBe(multisets(84, 3));
  });

  test.each([
    [target, 24, 4],
    [drawPolicy({ attempts: 1, length: 2, vocabulary: 2 }, 2), 64, 2],
  ])('large groups: Dr. GRPO stays (1 − 1/G)·∇J', (policy, size, profiles) => {
    const plain = run(policy, 'reinforce', {}, 1);
    const found = run(policy, 'drGrpo', {}, size);
    expect(found.groups).toBe(multisets(profiles, size));
    found.gradient.forEach((x, i) => {
      const error = Math.abs(x - (1 - 1 / size) * plain.gradient[i]!);
      expect(error).toBeLessThanOrEqual(found.groups * Number.EPSILON);
    });
  });

  test('a group of one has no others', () => {
    expect(() => run(target, 'rloo', {}, 1)).toThrow(InputError);
    expect(run(target, 'grpo', {}, 1).largest).toBe(0);
  });
});

describe('balance', () => {
  test.each([
    ['reinforce', {}, 'policy', true],
    ['rloo', {}, 'policy', true],
    ['grpo', {}, 'policy', true],
    ['gspo', {}, 'reference', true],
    ['grpo', {}, 'reference', false],
    ['sft', {}, 'reference', true],
    ['sft', { segmentWeight: 'segment' }, 'reference', false],
    ['ppo', { critic: 'value' }, 'policy', false],
    ['ppo', { update: 'decision' }, 'policy', false],
    ['rloo', { beta: 0.1, klPlacement: 'reward' }, 'policy', true],
    ['rloo', { beta: 0.1, klPlacement: 'loss', klEstimator: 'k2' }, 'policy', false],
  ] as const)('%s %j drawn by the %s: %s', (name, options, behaviour, balanced) => {
    const found = run(table, name, options, 2, behaviour);
    expect(found.balanced).toBe(balanced);
    expect(found.spread > 1e-9 * found.largest).toBe(!balanced);
  });
});

test('weights count as equal within sixteen ε of the largest, and not beyond', () => {
  expect(balanceTolerance(3).value).toBe(48 * Number.EPSILON);
  expect(balanceTolerance(0).value).toBe(0);
});
