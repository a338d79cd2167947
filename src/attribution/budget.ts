// The credit budget of a reward: how its variance divides between sample and decision tokens (C3).
import { float64Field as field } from '../base/field.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { backward, occupancy, type Values } from '../policy/program.ts';
import { type PerComponent, sumByComponent } from './measure.ts';

/** E[R], Var(R) and Var(R) = V_sample + V_decision. */
export interface RewardBudget {
  readonly mean: number;
  /** E[(R − E R)²], computed without the split. */
  readonly variance: number;
  /** V_c = E Σ_{t∈c} A_t². */
  readonly budget: PerComponent;
}

/** A(h,a) = Q(h,a) − V(h) of every edge [edges]. */
export function advantages(graph: TrajectoryGraph, prob: Float64Array, reward: Float64Array): Float64Array {
  return advantagesOf(graph, backward(field, graph, prob, reward));
}

function advantagesOf(graph: TrajectoryGraph, { v, q }: Values<Float64Array>): Float64Array {
  const out = new Float64Array(graph.edges);
  for (const { nodeStart, edgeStart, source } of graph.layers) {
    for (let e = 0; e < source.length; e++)
      out[edgeStart + e] = q[edgeStart + e]! - v[nodeStart + source[e]!]!;
  }
  return out;
}

/** The budget of R [leaves] under π [edges]. */
export function rewardBudget(graph: TrajectoryGraph, prob: Float64Array, reward: Float64Array): RewardBudget {
  const values = backward(field, graph, prob, reward);
  const mean = values.v[0]!;
  const squared = reward.map((r) => (r - mean) ** 2);
  const { edge } = occupancy(field, graph, prob);
  const advantage = advantagesOf(graph, values);
  return {
    mean,
    variance: backward(field, graph, prob, squared).v[0]!,
    budget: sumByComponent(
      graph,
      edge.map((reach, e) => reach * advantage[e]! ** 2),
    ),
  };
}

/** E[number of attempts]: 1 + the probability of every RESAMPLE. */
export function expectedAttempts(graph: TrajectoryGraph, prob: Float64Array): number {
  const { node } = occupancy(field, graph, prob);
  let attempts = 0;
  let last = -1;
  for (const layer of graph.layers) {
    if (layer.component === 'sample' && layer.attempt !== last) {
      last = layer.attempt;
      for (let n = layer.nodeStart; n < layer.nodeStart + layer.nodes; n++) attempts += node[n]!;
    }
  }
  return attempts;
}
