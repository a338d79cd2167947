// Advantages, the credit budget and expected attempts; the numbers themselves stand against enumeration in tests/experiments.
import { describe, expect, test } from 'vitest';
import { advantages, expectedAttempts, rewardBudget } from '../../src/attribution/budget.ts';
import { EvaluatedPolicy, evaluatedPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import { forEachTrajectory } from '../../src/attribution/trajectories.ts';
import { tabularModel } from '../../src/policy/model.ts';
import { conditionalReward, enumerate } from '../oracle/bruteForce.ts';
import { drawPolicy, nthPolicy } from '../oracle/policies.ts';

const POLICIES = [3, 8, 12, 16].map((i) => nthPolicy(i, 100));
/** Expectations over at most 100 trajectories of rewards below 5, conditional ones divided by their mass. */
const TOLERANCE = 1e-11;

describe.each(POLICIES)('policy %#', (policy) => {
  const evaluated = evaluatedPolicy(policy);
  const { graph, prob, reward } = evaluated;
  const advantage = advantages(evaluated, reward);

  test('advantages are differences of conditional expectations', () => {
    const world = enumerate(policy);
    forEachTrajectory(graph, (i, path) => {
      path.forEach((edge, t) => {
        const [before, after] = [t, t + 1].map((n) => conditionalReward(world, world.policy, i, n));
        expect(Math.abs(advantage[edge]! - (after! - before!))).toBeLessThanOrEqual(TOLERANCE);
      });
    });
  });

  test('they average to zero at every history', () => {
    for (const { edgeStart, source, arity } of graph.layers) {
      for (let start = edgeStart; start < edgeStart + source.length; start += arity) {
        let mean = 0;
        for (let e = start; e < start + arity; e++) mean += prob[e]! * advantage[e]!;
        expect(Math.abs(mean)).toBeLessThanOrEqual(32 * Number.EPSILON * 5);
      }
    }
  });

  test('the budget is spent completely', () => {
    const { variance, budget } = rewardBudget(evaluated);
    expect(Math.abs(budget.sample + budget.decision - variance)).toBeLessThanOrEqual(TOLERANCE);
    expect(budget.sample).toBeGreaterThan(0);
    expect(budget.decision > 0).toBe(policy.shape.attempts > 1);
  });

  test('a constant added to all rewards changes nothing but the mean', () => {
    const [a, b] = [0, 64].map((constant) =>
      rewardBudget(new EvaluatedPolicy({ ...evaluated.model, reward: reward.map((r) => r + constant) })),
    );
    expect(Math.abs(b!.mean - a!.mean - 64)).toBeLessThanOrEqual(TOLERANCE);
    expect(Math.abs(b!.variance - a!.variance)).toBeLessThanOrEqual(TOLERANCE);
    expect(Math.abs(b!.budget.decision - a!.budget.decision)).toBeLessThanOrEqual(TOLERANCE);
  });
});

describe('degenerate policies', () => {
  const shape = { attempts: 3, length: 1, vocabulary: 2 };
  const policy = drawPolicy(shape, 2);

  test('deterministic deciders contribute no variance, whatever they decide', () => {
    for (const [stop, resample, attempts] of [
      [800, 0, 1],
      [0, 800, 3],
    ] as const) {
      const decision = policy.logits.decision.map((_, i) => (i % 2 === 0 ? stop : resample));
      const decided = evaluatedPolicy({ ...policy, logits: { ...policy.logits, decision } });
      const { budget, variance } = rewardBudget(decided);
      expect(budget.decision).toBe(0);
      expect(Math.abs(budget.sample - variance)).toBeLessThanOrEqual(TOLERANCE);
      // Three layers of two probabilities each.
      expect(Math.abs(expectedAttempts(decided) - attempts)).toBeLessThanOrEqual(16 * Number.EPSILON);
    }
  });

  test('a deterministic policy has no variance', () => {
    const model = tabularModel(policy);
    const certain = new EvaluatedPolicy({ ...model, logits: model.logits.map((x) => 1e4 * x) });
    const { variance, budget } = rewardBudget(certain);
    expect([variance, budget.sample, budget.decision]).toEqual([0, 0, 0]);
  });

  test('attempts are counted once each, however long', () => {
    for (const length of [1, 2, 3]) {
      const half = drawPolicy({ attempts: 2, length, vocabulary: 2 }, 2);
      const decision = half.logits.decision.map(() => 0);
      const undecided = evaluatedPolicy({ ...half, logits: { ...half.logits, decision } });
      expect(Math.abs(expectedAttempts(undecided) - 1.5)).toBeLessThanOrEqual(16 * Number.EPSILON);
    }
  });
});
