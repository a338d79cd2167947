// Networks as functions of one long parameter vector: many vectors at once are each of them alone, and forward mode is reverse mode.
import { expect, test } from 'vitest';
import { componentLabels } from '../../src/attribution/byComponent.ts';
import { networkGradient, parameterCount, tablesAt, tokenInfluences } from '../../src/attribution/network.ts';
import { randomStream } from '../../src/base/random.ts';
import { transformerPolicy } from '../../src/policy/transformer.ts';
import { chooseKernels } from '../oracle/kernels.ts';

chooseKernels();

const { graph, model, tables } = transformerPolicy(
  { attempts: 2, length: 1, vocabulary: 2 },
  { width: 4, layers: 1, heads: 2 },
);
const network = {
  graph,
  tables,
  shapes: Object.fromEntries(model.layout.map(({ path, shape }) => [path, shape])),
};
const count = parameterCount(network);
const random = randomStream(1, 'network');
const draw = (): Float64Array => Float64Array.from({ length: count }, () => 0.5 * random.normal());

test('tables at many parameters are the tables at each', () => {
  const thetas = Array.from({ length: 70 }, draw);
  const together = tablesAt(network, thetas);
  expect(together).toHaveLength(70);
  for (const n of [0, 1, 63, 64, 69]) {
    const alone = tablesAt(network, [thetas[n]!])[0]!;
    expect(together[n]!.length).toBe(graph.slots);
    // Logits below 10; some hundred roundings, in another order at most.
    together[n]!.forEach((x, slot) => {
      expect(Math.abs(x - alone[slot]!)).toBeLessThanOrEqual(1000 * Number.EPSILON);
    });
  }
  expect(tablesAt(network, [])).toEqual([]);
});

test('Σ_e m(e)·⟨∇log π(e), v⟩ by forward mode is ⟨∇ Σ_e m(e)·log π(e), v⟩ by reverse mode, per component', () => {
  const theta = draw();
  const vs = [draw(), draw()];
  const labels = componentLabels(graph);
  const measure = Float64Array.from({ length: graph.edges }, () => random.normal());
  const gradient = networkGradient(network, theta, measure, labels);
  for (const [n, influence] of tokenInfluences(network, theta, vs).entries()) {
    for (const component of ['sample', 'decision'] as const) {
      const forward = influence.reduce(
        (sum, u, e) => sum + (labels[e] === component ? u * measure[e]! : 0),
        0,
      );
      const reverse = gradient[component].reduce((sum, g, i) => sum + g * vs[n]![i]!, 0);
      const size = gradient[component].reduce((sum, g, i) => sum + Math.abs(g * vs[n]![i]!), 1);
      expect(Math.abs(forward - reverse)).toBeLessThanOrEqual(1000 * size * Number.EPSILON);
      expect(Math.abs(forward)).toBeGreaterThan(1e-3);
    }
  }
});
