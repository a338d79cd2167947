// Pictures of one policy as data: its most probable trajectories as a tree, and what an objective puts on a group of them.
import { leafRatios } from '../attribution/divergence.ts';
import { type EvaluatedPolicy, evaluatedPolicy } from '../attribution/evaluatedPolicy.ts';
import { treeFigure } from '../claims/c3CreditBudget/treeFigure.ts';
import type { MapFigure, TreeFigure } from '../claims/figure.ts';
import { type GroupMember, groupWeights } from '../claims/shared/groupWeights.ts';
import { countTrajectories } from '../policy/shape.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { type ObjectiveResult, parseObjective } from './exact.ts';

/** Larger policies have no pictures: every trajectory would be held at once. */
const MOST_TRAJECTORIES = 20_000;

/** Leaves of a tree, and trajectories of a group, that a page has room for. */
const SHOWN_LEAVES = 24;
const SHOWN_MEMBERS = 4;

function isSmall({ shape }: TabularPolicy): boolean {
  return countTrajectories(shape) <= MOST_TRAJECTORIES;
}

/** Indices from the largest value to the smallest, without zeros; equal values in their order. */
function descending(values: Float64Array): number[] {
  return [...values.keys()].filter((i) => values[i]! > 0).sort((a, b) => values[b]! - values[a]! || a - b);
}

type Node = TreeFigure['nodes'][number];

/** Probability of reaching each node from the root. */
function reachOf(nodes: readonly Node[]): Float64Array {
  const reach = new Float64Array(nodes.length);
  for (const [i, { parent, probability }] of nodes.entries())
    reach[i] = parent === null ? 1 : reach[parent]! * probability;
  return reach;
}

/** The nodes that lead to some leaves, parents renumbered. */
function pruned(nodes: readonly Node[], leaves: readonly number[]): Node[] {
  const kept = new Set<number>();
  for (let leaf of leaves) for (; !kept.has(leaf); leaf = nodes[leaf]!.parent ?? leaf) kept.add(leaf);
  const order = [...kept].sort((a, b) => a - b);
  const place = new Map(order.map((node, i) => [node, i]));
  return order.map((i) => {
    const node = nodes[i]!;
    return { ...node, parent: node.parent === null ? null : place.get(node.parent)! };
  });
}

/** The tree of a policy, or the part of it that leads to its 24 most probable trajectories; undefined for more than 20 000 of them. */
export function policyTree(policy: TabularPolicy): TreeFigure | undefined {
  if (!isSmall(policy)) return undefined;
  const tree = treeFigure(policy);
  const reach = reachOf(tree.nodes);
  const ends = tree.nodes.map(({ reward }) => reward !== null);
  const leaves = descending(reach.map((p, i) => (ends[i] === true ? p : 0)));
  const shown = leaves.slice(0, SHOWN_LEAVES);
  if (shown.length === ends.filter((isEnd) => isEnd).length) return tree;
  const together = shown.reduce((sum, i) => sum + reach[i]!, 0);
  const share = together.toFixed(3);
  return {
    ...tree,
    title: `The ${shown.length} most probable trajectories`,
    caption: `${tree.caption} The trajectories shown have probability ${share} together.`,
    nodes: pruned(tree.nodes, shown),
  };
}

/** A group for an objective: the most probable of the best trajectories, then the most probable others, from the start if too few. */
function groupOf({ reward }: EvaluatedPolicy, probability: Float64Array, size: number): GroupMember[] {
  const byProbability = descending(probability);
  const best = byProbability.reduce((most, i) => Math.max(most, reward[i]!), Number.NEGATIVE_INFINITY);
  const first = byProbability.find((i) => reward[i] === best)!;
  const leaves = [first, ...byProbability.filter((i) => i !== first)];
  const short = (x: number): string => String(Number(x.toPrecision(2))).replace('-', '−');
  return Array.from({ length: size }, (_, i) => {
    const leaf = leaves[i % leaves.length]!;
    return { leaf, label: `R = ${short(reward[leaf]!)}, p = ${short(probability[leaf]!)}` };
  });
}

/**
 * The weights that an objective puts on the tokens of one group of a policy's trajectories; undefined for more than 20 000 of them.
 * @throws InputError if a log-probability of a trajectory that can be drawn is not finite
 */
export function objectiveWeights(tabular: TabularPolicy, asked: ObjectiveResult): MapFigure | undefined {
  if (!isSmall(tabular)) return undefined;
  const { grouped } = parseObjective(asked.name, asked.options);
  const { groupSize, behaviour } = grouped;
  const policy = evaluatedPolicy(tabular);
  const { prob, refProb } = leafRatios(policy);
  const group = groupOf(policy, behaviour === 'policy' ? prob : refProb, groupSize);
  const shown = Math.min(groupSize, SHOWN_MEMBERS);
  const part = shown < groupSize ? ` The first ${shown} of ${groupSize} are shown.` : '';
  return groupWeights(
    policy,
    group,
    [{ label: asked.name, ...grouped }],
    {
      title: 'Weights w_t of one group',
      caption: `One of the groups that can be drawn: the most probable trajectory with the largest reward, and the most probable others; p is the probability of each.${part} One scale for the group.`,
    },
    shown,
  );
}
