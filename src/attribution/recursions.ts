// The recursions on a trajectory graph, written once over an array field: gather, multiply, add, segment sums.
// The forward recursion gives occupancies and the backward one values; over the field of logarithms they give soft values.
import type { ArraySemiring } from '../base/field.ts';
import type { Layer, TrajectoryGraph } from '../policy/graph.ts';

/** Slices an array [edges] to the edges of one layer. */
function edgesOf<A>(field: ArraySemiring<A>, layer: Layer, values: A): A {
  return field.slice(values, layer.edgeStart, layer.edgeStart + layer.source.length);
}

/** The occupancy ρ(h) of every node [nodes], and ρ(h)·p(a|h) of every edge [edges]. */
export interface Occupancy<A> {
  readonly node: A;
  readonly edge: A;
}

/** Computes the occupancies under `p` [edges]: ρ(root) = 1 and ρ(h′) = Σ_{(h,a) → h′} ρ(h)·p(a|h). */
export function occupancy<A>(field: ArraySemiring<A>, graph: TrajectoryGraph, p: A): Occupancy<A> {
  const nodes: A[] = [];
  const edges: A[] = [];
  let current = field.ones(1);
  for (const [index, layer] of graph.layers.entries()) {
    const reach = field.mul(field.gather(current, layer.source), edgesOf(field, layer, p));
    nodes.push(current);
    edges.push(reach);
    const nextNodes = graph.layers[index + 1]?.nodes ?? 0;
    current = field.segmentSum(field.gather(reach, layer.continuing), layer.target, nextNodes);
  }
  return { node: field.concat(nodes), edge: field.concat(edges) };
}

/** The values V(h) of every node [nodes] and Q(h,a) of every edge [edges]. */
export interface Values<A> {
  readonly v: A;
  readonly q: A;
}

/**
 * Computes the values Q(h,a) = r(h,a) + V(h′), or r(h,a) + leaf value where the episode ends, and V(h) = Σ_a p(a|h)·Q(h,a).
 * @param p the weights of the sum [edges]: probabilities for expectations, ones for plain sums over the leaves below
 * @param leaf the value at the end of each trajectory [leaves]
 * @param reward the reward collected on each edge [edges]; none if left out
 */
export function backward<A>(
  field: ArraySemiring<A>,
  graph: TrajectoryGraph,
  p: A,
  leaf: A,
  reward?: A,
): Values<A> {
  const v: A[] = [];
  const q: A[] = [];
  let next = field.slice(leaf, 0, 0);
  for (const layer of graph.layers.toReversed()) {
    const ends = field.slice(leaf, layer.leafStart, layer.leafStart + layer.terminal.length);
    const ahead = field.gather(field.concat([next, ends]), layer.successor);
    const total = reward === undefined ? ahead : field.add(edgesOf(field, layer, reward), ahead);
    next = field.segmentSum(field.mul(edgesOf(field, layer, p), total), layer.source, layer.nodes);
    v.push(next);
    q.push(total);
  }
  return { v: field.concat(v.reverse()), q: field.concat(q.reverse()) };
}

/** Multiplies (in the field) a value [edges] along each trajectory of a *tree*: [edges] → [leaves]. */
export function alongTrajectories<A>(field: ArraySemiring<A>, graph: TrajectoryGraph, value: A): A {
  const leaves: A[] = [];
  const { edge } = occupancy(field, graph, value);
  for (const layer of graph.layers) leaves.push(field.gather(edgesOf(field, layer, edge), layer.terminal));
  return field.concat(leaves);
}
