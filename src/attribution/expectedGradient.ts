// The exact expected gradient of any objective for a tabular policy: every group of G trajectories is enumerated, the
// objective's own weights w_t are asked for each, and E[Σ_i Σ_t w_it ∇log π(a_it|h_it)] is added up. Trajectories that no
// objective could tell apart (equal reward and length, on policy, no KL term) share one profile, so that few groups are left.
import { InputError } from '../base/errors.ts';
import type { Options } from '../base/options.ts';
import type { Objective } from '../objectives/objective.ts';
import { edgeLogProbs, type Model } from '../policy/model.ts';
import { forEachTrajectory } from '../policy/paths.ts';
import { leafRatios } from './divergence.ts';
import { expOf, scoreGradient } from './measure.ts';
import { multisetProbability, multisets, multisetTuples } from './multisets.ts';
import { type Behaviour, batchOf, looksAtTokens, profilesOf } from './profiles.ts';

/** Above this many groups nothing is enumerated. */
export const MAX_GROUPS = 300_000;

/** How an objective is put to the policy. */
export interface ExpectationSetting<O> {
  readonly objective: Objective<O>;
  readonly options: O;
  /** Trajectories drawn together: one prompt's group, and the batch that means are taken over. */
  readonly groupSize: number;
  readonly behaviour: Behaviour;
}

/** What an objective does in expectation. */
export interface ExpectedGradient {
  /** E[Σ w_t u_t] with respect to the logits, [slots]: the direction in which a step of descent on the loss goes. */
  readonly gradient: Float64Array;
  /** [edges] E[w_t; the trajectory passes the edge]: what the gradient is made from, for other parametrisations. */
  readonly measure: Float64Array;
  /** Largest difference between the weights of two tokens of one trajectory, over all groups. */
  readonly spread: number;
  /** Largest |w_t|. */
  readonly largest: number;
  /** One weight per trajectory, on all of its tokens of both components (up to rounding). */
  readonly balanced: boolean;
  /** Number of groups enumerated, and the sum of absolute weights that rounding bounds are made from. */
  readonly groups: number;
  readonly magnitude: number;
}

/** max − min of w[from … to). */
function spreadOf(w: Float64Array, from: number, to: number): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let t = from; t < to; t++) {
    low = Math.min(low, w[t]!);
    high = Math.max(high, w[t]!);
  }
  return to > from ? high - low : 0;
}

/**
 * The exact expected gradient of an objective on a model whose graph is a tree.
 * @throws InputError when more than MAX_GROUPS groups would have to be enumerated
 */
export function expectedGradient<O = Options>(
  model: Model,
  setting: ExpectationSetting<O>,
): ExpectedGradient {
  const { graph } = model;
  const { objective, options, groupSize, behaviour } = setting;
  const logProb = edgeLogProbs(graph, model.logits);
  const ratios = leafRatios(graph, logProb, edgeLogProbs(graph, model.reference));
  const leafProb = behaviour === 'policy' ? ratios.prob : ratios.refProb;
  const traits = objective.traits(options);
  const { profiles, profileOf } = profilesOf(model, behaviour, looksAtTokens(traits, behaviour), leafProb);
  const groups = multisets(profiles.length, groupSize);
  if (groups > MAX_GROUPS) {
    throw new InputError(
      `${objective.name}: ${profiles.length} distinguishable trajectories make ${groups} groups of ${groupSize}; ` +
        `at most ${MAX_GROUPS} can be enumerated (a smaller groupSize makes fewer)`,
    );
  }
  const probabilities = profiles.map((profile) => profile.probability);
  const expected = profiles.map((profile) => new Float64Array(profile.logProb.length));
  let spread = 0;
  let largest = 0;
  for (const tuple of multisetTuples(profiles.length, groupSize)) {
    const group = Array.from(tuple, (c) => profiles[c]!);
    const probability = multisetProbability(tuple, probabilities);
    const batch = batchOf(group, graph, traits.readsValues);
    const w = objective.weights(batch, options);
    for (const [i, c] of tuple.entries()) {
      const from = batch.offsets[i]!;
      const to = batch.offsets[i + 1]!;
      spread = Math.max(spread, spreadOf(w, from, to));
      const share = probability / probabilities[c]!;
      for (let t = from; t < to; t++) {
        expected[c]![t - from]! += share * w[t]!;
        largest = Math.max(largest, Math.abs(w[t]!));
      }
    }
  }
  const measure = new Float64Array(graph.edges);
  let magnitude = 0;
  forEachTrajectory(graph, (leaf, path) => {
    const w = expected[profileOf[leaf]!];
    if (w === undefined) return;
    for (let t = 0; t < path.length; t++) {
      const mass = leafProb[leaf]! * w[t]!;
      measure[path[t]!]! += mass;
      magnitude += Math.abs(mass);
    }
  });
  return {
    gradient: scoreGradient(graph, expOf(logProb), measure),
    measure,
    spread,
    largest,
    balanced: spread <= 16 * Number.EPSILON * largest,
    groups,
    magnitude,
  };
}
