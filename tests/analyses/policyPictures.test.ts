// Pictures of one policy as data: which trajectories the tree keeps, and which group an objective is shown on.
import { expect, test } from 'vitest';
import { exact } from '../../src/analyses/exact.ts';
import { objectiveWeights, policyTree } from '../../src/analyses/policyPictures.ts';
import type { TreeFigure } from '../../src/claims/figure.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';

const small = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);
const large = randomPolicy({ attempts: 3, length: 2, vocabulary: 3 }, 1);
const tooLarge = randomPolicy({ attempts: 2, length: 3, vocabulary: 6 }, 1);

/** Probabilities of the leaves of a tree. */
function leavesOf({ nodes }: TreeFigure): number[] {
  const reach: number[] = [];
  for (const { parent, probability } of nodes) reach.push(parent === null ? 1 : reach[parent]! * probability);
  return reach.filter((_, i) => nodes[i]!.reward !== null);
}

test('a small tree is whole', () => {
  const tree = policyTree(small)!;
  expect(leavesOf(tree)).toHaveLength(6);
  expect(leavesOf(tree).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
});

test('of a larger one the most probable trajectories are kept, with all that leads to them', () => {
  const tree = policyTree(large)!;
  const kept = leavesOf(tree);
  expect(kept).toHaveLength(24);
  // Those left out: no more probable than the least probable one kept, and together the rest.
  const together = kept.reduce((a, b) => a + b);
  expect(together).toBeLessThan(1);
  expect(1 - together).toBeLessThanOrEqual((819 - 24) * Math.min(...kept));
  expect(tree.caption).toContain(together.toFixed(3));
  for (const [i, { parent }] of tree.nodes.entries()) if (i > 0) expect(parent).toBeLessThan(i);
});

test('a policy of too many trajectories has no pictures', () => {
  expect(policyTree(tooLarge)).toBeUndefined();
  const { objective } = exact(small, { beta: 1, objective: { name: 'reinforce', options: {} } });
  expect(objectiveWeights(tooLarge, objective!)).toBeUndefined();
});

function weightsOf(policy: TabularPolicy, name: string, options = {}): ReturnType<typeof objectiveWeights> {
  return objectiveWeights(policy, exact(policy, { beta: 1, objective: { name, options } }).objective!);
}

test('the weights of a group are those of the objective: RLOO gives R_i less the mean of the others, over G', () => {
  const { rows, groups, columns } = weightsOf(small, 'rloo', { aggregation: 'sequenceSum', groupSize: 3 })!;
  const rewards = groups!.map(({ label }) => Number(/R = (\S+),/.exec(label)![1]!.replace('−', '-')));
  expect(rewards[0]).toBe(1);
  const starts = groups!.map((_, i) => groups!.slice(0, i).reduce((sum, group) => sum + group.columns, 0));
  for (const [i, start] of starts.entries()) {
    const others = rewards.filter((_, j) => j !== i);
    const advantage = rewards[i]! - (others[0]! + others[1]!) / 2;
    expect(rows[0]!.values[start]).toBeCloseTo(advantage / 3, 12);
  }
  expect(rows[0]!.note).toBe('balanced');
  expect(columns[1]).toEqual({ label: 'STOP', component: 'decision' });
});

test('a group that is larger than the page shows its first four; repeated trajectories fill it', () => {
  const { groups, caption } = weightsOf(small, 'grpo', { groupSize: 9 })!;
  expect(groups).toHaveLength(4);
  expect(caption).toContain('The first 4 of 9 are shown.');
});
