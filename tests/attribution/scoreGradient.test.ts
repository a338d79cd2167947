// Gradients of weighted scores, sums and norms by component.
import { describe, expect, test } from 'vitest';
import {
  forEachLayer,
  gradientNorms,
  onlyComponent,
  sumByComponent,
} from '../../src/attribution/byComponent.ts';
import { evaluatedPolicy } from '../../src/attribution/evaluatedPolicy.ts';
import { leafWeights, returnWeights, scoreGradient } from '../../src/attribution/scoreGradient.ts';
import { forEachTrajectory } from '../../src/attribution/trajectories.ts';
import { randomStream } from '../../src/base/random.ts';
import { joinLogits } from '../../src/policy/model.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { arrays, enumerate, gradient } from '../oracle/bruteForce.ts';
import { nthPolicy } from '../oracle/policies.ts';

const POLICIES = [3, 9, 12, 16, 21].map((i) => nthPolicy(i, 100));
/** Gradients are sums over at most 100 trajectories of 7 tokens, of weights below 10. */
const TOLERANCE = 100 * 7 * 10 * Number.EPSILON;

function setUp(policy: TabularPolicy) {
  const evaluated = evaluatedPolicy(policy);
  const { graph, reward } = evaluated;
  const paths: number[][] = [];
  forEachTrajectory(graph, (_, path) => {
    paths.push([...path]);
  });
  return { evaluated, graph, reward, paths, world: enumerate(policy) };
}

function expectClose(found: Float64Array, expected: Float64Array, tolerance = TOLERANCE): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((x, i) => {
    expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(tolerance);
  });
}

describe.each(POLICIES)('policy %#', (policy) => {
  const { evaluated, graph, reward, paths, world } = setUp(policy);
  const random = randomStream(1, 'tests/measure');

  test('scores weighted token by token', () => {
    const weights = paths.map((path) => path.map(() => random.normal()));
    const weight = new Float64Array(graph.edges);
    paths.forEach((path, i) => {
      path.forEach((edge, t) => {
        weight[edge]! += weights[i]![t]!;
      });
    });
    const expected = joinLogits(arrays(gradient(world, (i, t) => weights[i]![t]!)));
    expectClose(scoreGradient(evaluated, weight), expected);
  });

  test('one weight on all tokens of a trajectory', () => {
    const leaf = Float64Array.from(paths, () => random.normal());
    const expected = joinLogits(arrays(gradient(world, (i) => leaf[i]!)));
    expectClose(scoreGradient(evaluated, leafWeights(graph, leaf)), expected);
  });

  test('returns from each token on, with rewards on the way', () => {
    const onTheWay = Float64Array.from({ length: graph.edges }, () => random.normal());
    const toGo = (i: number, t: number): number =>
      paths[i]!.slice(t).reduce((sum, edge) => sum + onTheWay[edge]!, reward[i]!);
    const expected = joinLogits(arrays(gradient(world, (i, t) => world.policy.path[i]! * toGo(i, t))));
    const found = scoreGradient(evaluated, returnWeights(evaluated, reward, onTheWay));
    expectClose(found, expected);
    // What was collected before a token does not depend on it: the whole return has the same gradient.
    const whole = joinLogits(arrays(gradient(world, (i) => world.policy.path[i]! * toGo(i, 0))));
    expectClose(found, whole);
  });

  test('components', () => {
    const value = Float64Array.from({ length: graph.edges }, () => random.normal());
    const sums = { sample: 0, decision: 0 };
    let covered = 0;
    forEachLayer(graph, (component, from, to, arity) => {
      for (let e = from; e < to; e++) sums[component] += value[e]!;
      expect(from).toBe(covered);
      expect((to - from) % arity).toBe(0);
      covered = to;
    });
    expect(covered).toBe(graph.edges);
    const found = sumByComponent(graph, value);
    const [s, d] = (['sample', 'decision'] as const).map((c) => onlyComponent(graph, value, c));
    for (const c of ['sample', 'decision'] as const)
      expect(Math.abs(found[c] - sums[c])).toBeLessThanOrEqual(TOLERANCE);
    expect(s!.map((x, e) => x + d![e]!)).toEqual(value);
    value.forEach((x, e) => {
      const isSample = graph.slot[e]! < graph.sampleSlots;
      expect([s![e], d![e]]).toEqual(isSample ? [x, 0] : [0, x]);
    });
  });

  test('norms', () => {
    const table = Float64Array.from({ length: graph.slots }, () => random.normal());
    const { sample, decision, total } = gradientNorms(graph, table);
    expect(Math.abs(sample - Math.hypot(...table.subarray(0, graph.sampleSlots)))).toBeLessThanOrEqual(
      TOLERANCE,
    );
    expect(Math.abs(decision - Math.hypot(...table.subarray(graph.sampleSlots)))).toBeLessThanOrEqual(
      TOLERANCE,
    );
    expect(Math.abs(total - Math.hypot(...table))).toBeLessThanOrEqual(TOLERANCE);
  });
});
