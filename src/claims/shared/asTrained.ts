// The weights w_t of an objective by both routes that a training step may take: its own closed form, and the engine's gradient of
// its loss. Claims put both to the same comparison.
import { leafRatios } from '../../attribution/divergence.ts';
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { batchOf, profilesOf } from '../../attribution/profiles.ts';
import { rounding, type Tolerance } from '../../attribution/tolerance.ts';
import { forEachTrajectory } from '../../attribution/trajectories.ts';
import { hostValues } from '../../attribution/twoCopy.ts';
import { grad, scope, type Tensor, tensor } from '../../autodiff/index.ts';
import type { RawOptions } from '../../base/options.ts';
import type { TokenBatch } from '../../objectives/batch.ts';
import { getObjective, type Objective } from '../../objectives/index.ts';

/** `weights`: the closed form of the objective; `loss`: minus the engine's gradient of its loss. */
export type Route = 'weights' | 'loss';

/** Both routes. */
export const ROUTES: readonly Route[] = ['weights', 'loss'];

/** −∂loss/∂log π_t of every token [T], by the engine. */
function lossWeights<O>(objective: Objective<O>, batch: TokenBatch, options: O): Float64Array {
  return scope(() => {
    const slope = grad((at: { logProb: Tensor }) => objective.loss(at.logProb, batch, options));
    return hostValues(slope({ logProb: tensor(batch.logProb) }).logProb).map((x) => -x);
  });
}

/** The same objective, asked for its weights by a route. */
export function byRoute<O>(objective: Objective<O>, route: Route): Objective<O> {
  if (route === 'weights') return objective;
  return { ...objective, weights: (batch, options) => lossWeights(objective, batch, options) };
}

/** w_t of every token of a batch [T], by a route. */
export function weightsBy(route: Route, name: string, batch: TokenBatch, raw: RawOptions): Float64Array {
  const objective = byRoute(getObjective(name), route);
  return objective.weights(batch, objective.parseOptions(raw));
}

/** Above this number of trajectories they are not laid out token by token. */
const MOST_TRAJECTORIES = 10_000;

/** Whether all trajectories of a policy can be one batch. */
export function fitsInBatch({ graph }: EvaluatedPolicy): boolean {
  return graph.leaves <= MOST_TRAJECTORIES;
}

/**
 * E[w_t; the trajectory passes the edge] of every edge [edges] for an objective whose c_i is 1/B or 1/(B·L_i), so that a trajectory does
 * not depend on the others: all trajectories of a *tree* are one batch, each a group of its own.
 * @param leafProb [leaves] how often each is drawn; π(τ) if left out
 */
export function expectedWeights(
  policy: EvaluatedPolicy,
  route: Route,
  name: string,
  raw: RawOptions,
  leafProb: Float64Array = leafRatios(policy).prob,
): Float64Array {
  const { graph } = policy;
  const { profiles, profileOf } = profilesOf(policy, 'policy', true);
  const batch = batchOf(profiles, graph, false);
  const group = Int32Array.from(profiles, (_, i) => i);
  const w = weightsBy(route, name, { ...batch, group }, raw);
  const out = new Float64Array(graph.edges);
  forEachTrajectory(graph, (leaf, path) => {
    const at = profileOf[leaf]!;
    // What π cannot draw has no weight.
    if (at < 0) return;
    const scale = profiles.length * leafProb[leaf]!;
    for (let t = 0; t < path.length; t++) out[path[t]!]! += scale * w[batch.offsets[at]! + t]!;
  });
  return out;
}

/** Rounding of a gradient from expected weights: of |w_t| added up per trajectory to `size`, over all trajectories. */
export function weightsRounding(policy: EvaluatedPolicy, size: number, what: string): Tolerance {
  const { leaves, layers } = policy.graph;
  const total = size * layers.length;
  const { value, bound } = policy.rounding(total, what);
  return { value: value + rounding(leaves, total, '').value, bound: `${bound} + γ(leaves)` };
}
