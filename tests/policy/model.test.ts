// Tables of logits, rewards of leaves, and log-probabilities of edges.
import { describe, expect, test } from 'vitest';
import {
  edgeLogProbs,
  joinLogits,
  leafRewards,
  logSoftmaxTable,
  splitTable,
  tabularModel,
} from '../../src/policy/model.ts';
import { compileTree } from '../../src/policy/tree.ts';
import { enumerate } from '../oracle/bruteForce.ts';
import { drawPolicy, shapesUpTo } from '../oracle/policies.ts';

const shape = { attempts: 2, length: 2, vocabulary: 3 };
const policy = drawPolicy(shape, 2);

test('tables join and split', () => {
  const graph = compileTree(shape);
  const table = joinLogits(policy.logits);
  expect(table).toHaveLength(graph.slots);
  expect(splitTable(graph, table)).toEqual(policy.logits);
});

test.each(shapesUpTo(300))('rewards of $attempts × $length tokens from $vocabulary', (given) => {
  for (const seed of [2, 3]) {
    const drawn = drawPolicy(given, seed);
    expect([...leafRewards(drawn)]).toEqual(enumerate(drawn).trajectories.map(({ reward }) => reward));
    expect(tabularModel(drawn).reward).toEqual(leafRewards(drawn));
  }
});

test('only the last attempt counts, and each extra attempt costs', () => {
  const one = { attempts: 2, length: 1, vocabulary: 2 };
  const drawn = {
    ...drawPolicy(one, 2),
    reward: { kind: 'target', target: [1], attemptCost: 0.25 },
  } as const;
  // 0 · 1 · 0/0 · 0/1 · 1/0 · 1/1
  expect([...leafRewards(drawn)]).toEqual([0, 1, -0.25, 0.75, -0.25, 0.75]);
});

describe('log-softmax', () => {
  const graph = compileTree(shape);

  test('rows add up to one, whatever the size of the logits', () => {
    for (const scale of [1, 40, 700, 1e5, 1e300]) {
      const logProb = logSoftmaxTable(
        graph,
        joinLogits(policy.logits).map((x) => x * scale),
      );
      for (let start = 0; start < logProb.length; ) {
        const end = start + (start < graph.sampleSlots ? 3 : 2);
        const row = [...logProb.subarray(start, end)];
        // The row's largest entry is 0 to −log 3; three exponentials of a few ulp each.
        expect(Math.abs(row.reduce((sum, x) => sum + Math.exp(x), 0) - 1)).toBeLessThanOrEqual(
          8 * Number.EPSILON,
        );
        expect(row.every((x) => x <= 0)).toBe(true);
        start = end;
      }
    }
  });

  test('a constant added to a row changes nothing', () => {
    const table = joinLogits(policy.logits);
    const shifted = table.map((x) => x + 1024);
    const [a, b] = [logSoftmaxTable(graph, table), logSoftmaxTable(graph, shifted)];
    // The shifted logits are rounded to ulp(1024) = 2^−42.
    a.forEach((x, i) => {
      expect(Math.abs(x - b[i]!)).toBeLessThanOrEqual(2 ** -41);
    });
  });

  test('edges read the row of their history', () => {
    for (const given of shapesUpTo(100)) {
      const drawn = drawPolicy(given, 4);
      const model = tabularModel(drawn);
      const { policy: player } = enumerate(drawn);
      // In a tree every history is a node: edges layer by layer, histories by depth.
      const edges = edgeLogProbs(model.graph, model.logits);
      const expected = logSoftmaxTable(model.graph, model.logits);
      const rows = [...player.logProb.values()].flat();
      expect(edges).toHaveLength(rows.length);
      rows.forEach((lp, slot) => {
        // A handful of roundings of numbers of size |log p| + 1.
        expect(Math.abs(expected[slot]! - lp)).toBeLessThanOrEqual(16 * Number.EPSILON * (1 + Math.abs(lp)));
      });
      edges.forEach((lp, e) => {
        expect(lp).toBe(expected[model.graph.slot[e]!]);
      });
    }
  });
});
