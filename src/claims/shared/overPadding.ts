// The padding construction over any field: which tokens are padding, and the same policy with attempts of one token.
import { edgesWhere } from '../../attribution/over/indices.ts';
import { isFirstToken } from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { memoised } from '../../base/memoised.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { paddingFamily, paddingMember } from '../../policy/padding.ts';

function isPaddingLayer(graph: TrajectoryGraph, index: number): boolean {
  const layer = graph.layers[index]!;
  return layer.component === 'sample' && !isFirstToken(layer, graph.layers[index - 1]);
}

/** The edges of padding tokens: sample tokens that are not the first of their attempt. */
export const paddingEdges: (graph: TrajectoryGraph) => Int32Array = memoised((graph) =>
  edgesWhere(graph, (_, index) => isPaddingLayer(graph, index)),
);

/** The edges of first tokens and decisions. */
export const keptEdges: (graph: TrajectoryGraph) => Int32Array = memoised((graph) =>
  edgesWhere(graph, (_, index) => !isPaddingLayer(graph, index)),
);

/** The attempt length L of a graph of the padding construction. */
export function attemptLength(graph: TrajectoryGraph): number {
  return graph.layers.filter(({ component, attempt }) => component === 'sample' && attempt === 0).length;
}

/** The graph of the construction with the same attempts and vocabulary and another length, tied. */
function graphOfLength(graph: TrajectoryGraph, length: number): TrajectoryGraph {
  const attempts = graph.layers.at(-1)!.attempt + 1;
  return paddingMember(paddingFamily(attempts, graph.vocabulary, 0), length, 'tied').graph;
}

/**
 * The member of a length with the same first tokens, decisions and padding tokens, which are tied. Rewards must read no padding.
 * @param length at most that of the policy
 */
export function ofLength<A>(policy: PolicyOver<A>, length: number): PolicyOver<A> {
  const { field, graph } = policy;
  if (length === attemptLength(graph)) return policy;
  if (length === 1) return withoutPadding(policy);
  const short = graphOfLength(graph, length);
  const place = new Map<string, number>();
  const kept = edgesWhere(graph, ({ component, attempt }) => {
    if (component === 'decision') return true;
    const seen = (place.get(`${attempt}`) ?? 0) + 1;
    place.set(`${attempt}`, seen);
    return seen <= length;
  });
  const pick = (edges: A): A => field.gather(edges, kept);
  return {
    field,
    graph: short,
    prob: pick(policy.prob),
    refProb: pick(policy.refProb),
    logRatio: pick(policy.logRatio),
    // Leaves are those of the classes before the last attempt, and every class with its last padding token in it.
    reward: policy.reward,
  };
}

const shortGraph: (graph: TrajectoryGraph) => TrajectoryGraph = memoised((graph) => {
  const attempts = graph.layers.at(-1)!.attempt + 1;
  return paddingMember(paddingFamily(attempts, graph.vocabulary, 0), 1, 'tied').graph;
});

/** The member of length 1 with the same first tokens and decisions; of equal leaves the first is kept. */
export function withoutPadding<A>(policy: PolicyOver<A>): PolicyOver<A> {
  const { field, graph } = policy;
  const short = shortGraph(graph);
  const kept = keptEdges(graph);
  // With padding the last attempt ends V times for each of its classes, once for each padding token.
  const last = graph.layers.at(-1)!;
  const lastShort = short.layers.at(-1)!;
  const copies = last.terminal.length / lastShort.terminal.length;
  const leaf = Int32Array.from({ length: short.leaves }, (_, i) =>
    i < lastShort.leafStart ? i : lastShort.leafStart + (i - lastShort.leafStart) * copies,
  );
  const pick = (edges: A): A => field.gather(edges, kept);
  return {
    field,
    graph: short,
    prob: pick(policy.prob),
    refProb: pick(policy.refProb),
    logRatio: pick(policy.logRatio),
    reward: field.gather(policy.reward, leaf),
  };
}

/** The policy with rewards that read no padding: the leaves of one class in the last layer have one reward. */
export function rewardOfClasses<A>(policy: PolicyOver<A>): PolicyOver<A> {
  const { field, graph, reward } = policy;
  const last = graph.layers.at(-1)!;
  const isPadded = paddingEdges(graph).includes(last.edgeStart);
  if (!isPadded) return policy;
  const place = Int32Array.from({ length: graph.leaves }, (_, leaf) =>
    leaf < last.leafStart ? leaf : leaf - ((leaf - last.leafStart) % last.arity),
  );
  return { ...policy, reward: field.gather(reward, place) };
}
