// The exact expected gradient of any objective for a tabular policy. Every group of G trajectories is enumerated, the
// objective computes its weights w_t for each, and E[Σ_i Σ_t w_it ∇log π(a_it|h_it)] is added up. Trajectories that no
// objective could tell apart (equal reward and length, on policy, no KL term) share one profile, so that few groups are left.
import { InputError } from '../base/errors.ts';
import type { Options } from '../base/options.ts';
import type { TokenBatch } from '../objectives/batch.ts';
import type { Objective } from '../objectives/objective.ts';
import { OverflowError } from '../objectives/overflowError.ts';
import type { EvaluatedPolicy } from './evaluatedPolicy.ts';
import { multisetLogProbability, multisetProbability, multisets, multisetTuples } from './multisets.ts';
import { type Behaviour, batchOf, looksAtTokens, profilesOf } from './profiles.ts';
import { scoreGradient } from './scoreGradient.ts';
import { type Tolerance, UNIT_ROUNDOFF } from './tolerance.ts';
import { forEachTrajectory } from './trajectories.ts';
import { spread } from './vectors.ts';

/** The largest number of groups that is enumerated. */
export const MAX_GROUPS = 300_000;

/** An objective with its options, and how its groups of trajectories are drawn. */
export interface GroupedObjective<O = Options> {
  readonly objective: Objective<O>;
  readonly options: O;
  /** The number of trajectories drawn together: the group of one prompt, which is also the batch that means are taken over. */
  readonly groupSize: number;
  readonly behaviour: Behaviour;
}

/** The expected gradient of an objective, and the expected weights from which it is computed. */
export interface ExpectedGradient {
  /** E[Σ w_t u_t] with respect to the logits [slots]: the direction of a descent step on the loss. */
  readonly gradient: Float64Array;
  /** E[w_t; the trajectory passes the edge] of every edge [edges], from which gradients of other parametrisations follow. */
  readonly weight: Float64Array;
  /** The largest difference between the weights of two tokens of one trajectory, over all groups. */
  readonly spread: number;
  /** The largest absolute weight |w_t|. */
  readonly largest: number;
  /** Whether all tokens of a trajectory, of both components, have the same weight up to rounding. */
  readonly balanced: boolean;
  /** The number of groups enumerated. */
  readonly groups: number;
  /** The sum of absolute weights, from which rounding bounds are derived. */
  readonly magnitude: number;
}

/** Below this a probability, or its product with a weight, may have lost digits. */
const SMALLEST_PROBABILITY = 1e-280;

/** x·e^log, where e^log underflows. */
function scaled(x: number, log: number): number {
  return x === 0 ? 0 : Math.sign(x) * Math.exp(Math.log(Math.abs(x)) + log);
}

/** What `weights` gives, or NaN [T] where a number is beyond float64. */
function unlessOverflow(batch: TokenBatch, weights: () => Float64Array): Float64Array {
  try {
    return weights();
  } catch (error) {
    if (!(error instanceof OverflowError)) throw error;
    return new Float64Array(batch.mask.length).fill(Number.NaN);
  }
}

/**
 * Computes the exact expected gradient of an objective on a policy whose graph is a tree. Every group of trajectories is enumerated, and
 * the objective computes its own weights. The gradient is [slots] and the expected weights are [edges].
 * @throws InputError if more than MAX_GROUPS groups would have to be enumerated
 * @example
 * ```ts
 * import { evaluatedPolicy, expectedGradient } from 'gradsplit/attribution';
 * import { rloo } from 'gradsplit/objectives';
 * import { randomPolicy } from 'gradsplit/policy';
 * const policy = evaluatedPolicy(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1));
 * const { balanced } = expectedGradient(policy, {
 *   objective: rloo,
 *   options: rloo.parseOptions({}),
 *   groupSize: 2,
 *   behaviour: 'policy',
 * });
 * balanced; // → true
 * ```
 */
export function expectedGradient<O = Options>(
  policy: EvaluatedPolicy,
  { objective, options, groupSize, behaviour }: GroupedObjective<O>,
): ExpectedGradient {
  const { graph } = policy;
  const traits = objective.traits(options);
  const separate = looksAtTokens(traits, behaviour);
  const { profiles, profileOf, leafProb, logLeafProb } = profilesOf(policy, behaviour, separate, separate);
  const groups = multisets(profiles.length, groupSize);
  if (groups > MAX_GROUPS) {
    throw new InputError(
      `${objective.name}: ${profiles.length} distinguishable trajectories make ${groups} groups of ${groupSize}; ` +
        `at most ${MAX_GROUPS} can be enumerated (a smaller groupSize makes fewer)`,
    );
  }
  const probabilities = profiles.map((profile) => profile.probability);
  const logProbabilities = profiles.map((profile) => profile.logProbability);
  // E[w_t; the group] given the profile, and times its probability where one of the two leaves the range of float64.
  const expected = profiles.map((profile) => new Float64Array(profile.logProb.length));
  const beyond = profiles.map((profile) => new Float64Array(profile.logProb.length));
  let widest = 0;
  let largest = 0;
  for (const tuple of multisetTuples(profiles.length, groupSize)) {
    const group = Array.from(tuple, (c) => profiles[c]!);
    const probability = multisetProbability(tuple, probabilities);
    const batch = batchOf(group, graph, traits.readsValues);
    const w = unlessOverflow(batch, () => objective.weights(batch, options));
    const isOrdinary = probability >= SMALLEST_PROBABILITY && w.every((x) => Number.isFinite(x));
    const log = multisetLogProbability(tuple, logProbabilities);
    const product = isOrdinary
      ? undefined
      : unlessOverflow(
          batch,
          () => objective.scaledWeights?.(batch, options, log) ?? w.map((x) => scaled(x, log)),
        );
    for (const [i, c] of tuple.entries()) {
      const from = batch.offsets[i]!;
      const to = batch.offsets[i + 1]!;
      widest = Math.max(widest, spread(w.subarray(from, to)));
      for (let t = from; t < to; t++) largest = Math.max(largest, Math.abs(w[t]!));
      const share = probability / probabilities[c]!;
      for (let t = from; t < to; t++) {
        if (product === undefined) expected[c]![t - from]! += share * w[t]!;
        else beyond[c]![t - from]! += product[t]!;
      }
    }
  }
  const weight = new Float64Array(graph.edges);
  let magnitude = 0;
  forEachTrajectory(graph, (leaf, path) => {
    const kind = profileOf[leaf]!;
    if (kind < 0) return;
    const part = Math.exp(logLeafProb[leaf]! - logProbabilities[kind]!);
    for (let t = 0; t < path.length; t++) {
      const far = beyond[kind]![t]!;
      const share = leafProb[leaf]! * expected[kind]![t]! + (far === 0 ? 0 : part * far);
      weight[path[t]!]! += share;
      magnitude += Math.abs(share);
    }
  });
  return {
    gradient: scoreGradient(policy, weight),
    weight,
    spread: widest,
    largest,
    balanced: widest <= balanceTolerance(largest).value,
    groups,
    magnitude,
  };
}

/** Gives the tolerance within which two weights count as equal: a few roundings of the largest weight. */
export function balanceTolerance(largest: number): Tolerance {
  return { value: 16 * Number.EPSILON * largest, bound: '16 ε · largest |w_t|' };
}

/** The roundings of what a group adds to the expected weight of a token: its probability, the share, the product and the sum. */
const ROUNDINGS_PER_GROUP = 4;

/** Bounds the rounding of an expected gradient, from the numbers of leaves, groups and tokens and the sum of absolute weights. */
export function expectedRounding(
  policy: EvaluatedPolicy,
  { groups, magnitude }: ExpectedGradient,
): Tolerance {
  const { leaves } = policy.graph;
  const { value, bound } = policy.rounding(magnitude + policy.rewardSize, 'E Σ|w_t| + max |R|');
  const extra = (groups * ROUNDINGS_PER_GROUP + leaves) * UNIT_ROUNDOFF * magnitude;
  return { value: value + extra, bound: `${bound} + ${groups} groups × ${leaves} leaves` };
}
