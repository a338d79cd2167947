// What is evaluated of a policy: against enumeration, once for each policy, and with bounds that grow with what they bound.
import { describe, expect, test } from 'vitest';
import { EvaluatedPolicy, evaluatedPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import { forEachTrajectory } from '../../src/attribution/trajectories.ts';
import { tabularModel } from '../../src/policy/model.ts';
import { enumerate } from '../oracle/bruteForce.ts';
import { nthPolicy } from '../oracle/policies.ts';

/** Products of at most 7 probabilities, added up over at most 100 trajectories. */
const TOLERANCE = 100 * 16 * Number.EPSILON;

describe.each([3, 8, 12, 16])('policy %i', (i) => {
  const policy = nthPolicy(i, 100);
  const evaluated = evaluatedPolicy(policy);

  test('is visited as its trajectories say, and so is its reference', () => {
    const world = enumerate(policy);
    for (const [player, { path }] of [
      [evaluated, world.policy],
      [evaluated.reference, world.reference],
    ] as const) {
      const expected = new Float64Array(player.graph.edges);
      forEachTrajectory(player.graph, (leaf, edges) => {
        for (const edge of edges) expected[edge]! += path[leaf]!;
      });
      player.reach.forEach((reach, e) => {
        expect(Math.abs(reach - expected[e]!)).toBeLessThanOrEqual(TOLERANCE);
      });
      expect(player.occupancy[0]).toBe(1);
    }
  });

  test('is evaluated once', () => {
    expect(evaluatedPolicy(policy)).toBe(evaluated);
    expect(evaluated.reach).toBe(evaluated.reach);
    expect(evaluated.reference).toBe(evaluated.reference);
    expect(evaluated.logRef).toBe(evaluated.reference.logProb);
  });

  test('rounds in proportion to what is added up, and more where logits are large', () => {
    const { value, bound } = evaluated.rounding(1, 'E|R|');
    expect(evaluated.rounding(3, 'E|R|').value / value).toBeCloseTo(3, 12);
    expect(bound).toContain('E|R|');
    const model = tabularModel(policy);
    const steep = new EvaluatedPolicy({ ...model, logits: model.logits.map((x) => 1000 * x) });
    expect(steep.rounding(1, '').value).toBeGreaterThan(value);
    expect(evaluated.rewardSize).toBe(Math.max(...Array.from(model.reward, Math.abs)));
  });
});
