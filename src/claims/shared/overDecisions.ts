// The decisions of a trajectory graph, and derivatives with respect to their RESAMPLE logits, over any field.
import { constant, repeat } from '../../attribution/over/arithmetic.ts';
import { edgesWhere } from '../../attribution/over/indices.ts';
import { isFirstToken, noReward, occupancyOf, valuesOf } from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { memoised } from '../../base/memoised.ts';
import { RESAMPLE, STOP } from '../../policy/component.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { paddingDivergence } from './overMasses.ts';

/** The nodes of decisions, and the edges of both actions, in the order of the layers [decisions]. */
const decisions: (graph: TrajectoryGraph) => {
  readonly node: Int32Array;
  readonly stop: Int32Array;
  readonly resample: Int32Array;
} = memoised(({ layers }) => {
  const at = layers.flatMap(({ component, nodes, nodeStart, edgeStart }) =>
    component === 'decision'
      ? Array.from({ length: nodes }, (_, n) => ({ node: nodeStart + n, edge: edgeStart + 2 * n }))
      : [],
  );
  return {
    node: Int32Array.from(at, ({ node }) => node),
    stop: Int32Array.from(at, ({ edge }) => edge + STOP),
    resample: Int32Array.from(at, ({ edge }) => edge + RESAMPLE),
  };
});

/** The number of decision histories. */
export function decisionCount(graph: TrajectoryGraph): number {
  return decisions(graph).node.length;
}

/** The entries of a gradient [slots] on RESAMPLE logits [decisions]. */
export function resampleEntries<A>({ field, graph }: PolicyOver<A>, gradient: A): A {
  return field.gather(
    gradient,
    decisions(graph).resample.map((e) => graph.slot[e]!),
  );
}

/** ρ(h)·π_R·π_S·(x(h,R) − x(h,S)) of every decision: [edges] → [decisions]. */
export function resampleDerivative<A>(policy: PolicyOver<A>, perEdge: A): A {
  const { field, graph, prob } = policy;
  const { node, stop, resample } = decisions(graph);
  const both = field.mul(field.gather(prob, resample), field.gather(prob, stop));
  const gap = field.sub(field.gather(perEdge, resample), field.gather(perEdge, stop));
  return field.mul(field.mul(field.gather(occupancyOf(policy), node), both), gap);
}

/** A direction that moves RESAMPLE logits alone, one free symbol for each decision [edges]. */
export function alongResample<A>({ field, graph }: PolicyOver<A>, moves: A): A {
  const { resample } = decisions(graph);
  const place = new Int32Array(graph.edges).fill(resample.length);
  for (const [i, e] of resample.entries()) place[e] = i;
  return field.gather(field.concat([moves, constant(field, 0, 1)]), place);
}

/** Log-ratio and KL to go of every action [edges]. */
export function klToGo<A>(policy: PolicyOver<A>): A {
  return valuesOf(policy, noReward(policy), policy.logRatio).q;
}

/** ρ π_R π_S·E[extra attempts | h, RESAMPLE] [decisions]. */
export function extraAttempts<A>(policy: PolicyOver<A>): A {
  const { field, graph } = policy;
  const starts = new Set(
    edgesWhere(graph, (layer, i) => layer.component === 'sample' && isFirstToken(layer, graph.layers[i - 1])),
  );
  const one = field.from(Int32Array.from({ length: graph.edges }, (_, e) => (starts.has(e) ? 1 : 0)));
  return resampleDerivative(policy, valuesOf(policy, noReward(policy), one).q);
}

/** ρ π_R π_S·δ_K·E[extra attempts] of every class of a policy with padding [decisions]. */
export function slopeOf<A>(policy: PolicyOver<A>, short: PolicyOver<A>): A {
  const { field, graph } = policy;
  return field.mul(extraAttempts(short), repeat(field, paddingDivergence(policy), decisionCount(graph)));
}
