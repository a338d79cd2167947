// The paths of the trajectories of a tree, leaf by leaf.
import { expect, test } from 'vitest';
import { forEachTrajectory } from '../../src/attribution/trajectories.ts';
import { tabularModel } from '../../src/policy/model.ts';
import { enumerate } from '../oracle/bruteForce.ts';
import { drawPolicy, shapesUpTo } from '../oracle/policies.ts';

test.each(shapesUpTo(400))(
  'paths of $attempts × $length tokens from $vocabulary read the rows of their choices',
  (shape) => {
    const policy = drawPolicy(shape, 2);
    const { graph } = tabularModel(policy);
    const { trajectories, policy: player } = enumerate(policy);
    const firstSlot = new Map<string, number>();
    let slots = 0;
    for (const [id, row] of player.prob) {
      firstSlot.set(id, slots);
      slots += row.length;
    }
    const visited: number[] = [];
    forEachTrajectory(graph, (leaf, path) => {
      visited.push(leaf);
      const { choices } = trajectories[leaf]!;
      expect(path).toHaveLength(choices.length);
      choices.forEach(({ component, history, action }, t) => {
        expect(graph.slot[path[t]!]).toBe(firstSlot.get(`${component}:${history}`)! + action);
        const layer = graph.layers[t]!;
        expect(path[t]! >= layer.edgeStart && path[t]! < layer.edgeStart + layer.source.length).toBe(true);
      });
    });
    expect(visited).toEqual(trajectories.map((_, i) => i));
  },
);
