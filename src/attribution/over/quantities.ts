// What the claims speak of, for a policy over any field: occupancies, values, advantages, scores, gradients, sums along trajectories.
import { COMPONENTS, type Component } from '../../policy/component.ts';
import type { PolicyOver } from '../policyOver.ts';
import { alongTrajectories, backward, occupancy, type Values } from '../recursions.ts';
import { constant, sumAt } from './arithmetic.ts';
import { edgeNodes, edgesWhere, isOf } from './indices.ts';

/** ρ(h)·π(a|h) of every edge [edges]. */
export function reachOf<A>({ field, graph, prob }: PolicyOver<A>): A {
  return occupancy(field, graph, prob).edge;
}

/** ρ(h) of every node [nodes]. */
export function occupancyOf<A>({ field, graph, prob }: PolicyOver<A>): A {
  return occupancy(field, graph, prob).node;
}

/** π(τ) of every leaf of a tree [leaves]. */
export function leafProbabilities<A>({ field, graph, prob }: PolicyOver<A>): A {
  return alongTrajectories(field, graph, prob);
}

/** V(h) [nodes] and Q(h,a) [edges] of a reward at the leaves [leaves] and one on the edges [edges], if any. */
export function valuesOf<A>({ field, graph, prob }: PolicyOver<A>, leaf: A, reward?: A): Values<A> {
  return backward(field, graph, prob, leaf, reward);
}

/** E[leaf] + E Σ_t reward_t [1]. */
export function meanOf<A>(policy: PolicyOver<A>, leaf: A, reward?: A): A {
  return policy.field.slice(valuesOf(policy, leaf, reward).v, 0, 1);
}

/** A value of every node [nodes] at the edges that start there [edges]. */
export function atEdges<A>({ field, graph }: PolicyOver<A>, perNode: A): A {
  return field.gather(perNode, edgeNodes(graph));
}

/** Σ_a x(h,a) of every node [nodes]. */
export function sumOverActions<A>({ field, graph }: PolicyOver<A>, perEdge: A): A {
  return field.segmentSum(perEdge, edgeNodes(graph), graph.nodes);
}

/** A(h,a) = Q(h,a) − V(h) of a reward at the leaves [leaves]: [edges]. */
export function advantagesOf<A>(policy: PolicyOver<A>, leaf: A): A {
  const { v, q } = valuesOf(policy, leaf);
  return policy.field.sub(q, atEdges(policy, v));
}

/** The score of every token along a direction of the logits: v(h,a) − Σ_a′ π(a′|h)·v(h,a′) [edges]. */
export function scoresAlong<A>(policy: PolicyOver<A>, direction: A): A {
  const mean = sumOverActions(policy, policy.field.mul(policy.prob, direction));
  return policy.field.sub(direction, atEdges(policy, mean));
}

/** Σ_e w(e)·∇log π(e) with respect to the logits [slots]. */
export function gradientOf<A>(policy: PolicyOver<A>, weight: A): A {
  const { field, graph, prob } = policy;
  const all = atEdges(policy, sumOverActions(policy, weight));
  const perEdge = field.sub(weight, field.mul(prob, all));
  return field.segmentSum(perEdge, graph.slot, graph.slots);
}

/** Σ over leaves below an edge of what they have [leaves] → [edges]: the weights of one scalar for all tokens of a trajectory. */
export function leavesBelow<A>({ field, graph }: PolicyOver<A>, leaf: A): A {
  return backward(field, graph, field.ones(graph.edges), leaf).q;
}

/** ρ(h)·π(a|h)·(expected return-to-go of (h,a)): the weights of E[Σ_t u_t·return-to-go] [edges]. */
export function returnWeightsOf<A>(policy: PolicyOver<A>, leaf: A, reward?: A): A {
  return policy.field.mul(reachOf(policy), valuesOf(policy, leaf, reward).q);
}

/** Zeros, one for each leaf [leaves]. */
export function noReward<A>({ field, graph }: PolicyOver<A>): A {
  return constant(field, 0, graph.leaves);
}

/** The sum of a value over the edges of a component [1]. */
export function sumOf<A>({ field, graph }: PolicyOver<A>, value: A, component: Component): A {
  return sumAt(field, value, edgesWhere(graph, isOf(component)));
}

/** The sums of a value over the edges of sample and of decision tokens [2]. */
export function sumsByComponent<A>(policy: PolicyOver<A>, value: A): A {
  return policy.field.concat(COMPONENTS.map((c) => sumOf(policy, value, c)));
}

/** Σ_t x_t along every trajectory of a tree [edges] → [leaves]. */
export function sumAlongTrajectories<A>({ field, graph }: PolicyOver<A>, value: A): A {
  const leaves: A[] = [];
  let before = field.from([0]);
  for (const { edgeStart, source, terminal, continuing } of graph.layers) {
    const own = field.slice(value, edgeStart, edgeStart + source.length);
    const sum = field.add(field.gather(before, source), own);
    leaves.push(field.gather(sum, terminal));
    // Exactly one edge leads to each node of a tree, and continuing edges are in the order of the nodes.
    before = field.gather(sum, continuing);
  }
  return field.concat(leaves);
}

/** The number of attempts that begin, in expectation [1]: 1 and the probability of every RESAMPLE. */
export function expectedAttemptsOf<A>(policy: PolicyOver<A>): A {
  const { field, graph } = policy;
  const starts = edgesWhere(
    graph,
    (layer, i) => layer.component === 'sample' && isFirstToken(layer, graph.layers[i - 1]),
  );
  return sumAt(field, reachOf(policy), starts);
}

interface Placed {
  readonly component: Component;
  readonly attempt: number;
}

/** Whether the tokens of a sample layer are the first of their attempt. */
export function isFirstToken({ attempt }: Placed, before: Placed | undefined): boolean {
  return before === undefined || before.attempt !== attempt;
}
