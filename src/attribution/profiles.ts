// Profiles of trajectories: two trajectories share a profile if an objective cannot tell them apart. On policy and without a
// KL term or critic it reads only rewards and lengths, so that many trajectories share one profile and only a few
// groups of profiles have to be enumerated.
import { InputError } from '../base/errors.ts';
import type { TokenBatch } from '../objectives/batch.ts';
import type { ObjectiveTraits } from '../objectives/objective.ts';
import { COMPONENTS } from '../policy/component.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { advantages } from './budget.ts';
import { leafRatios } from './divergence.ts';
import type { EvaluatedPolicy } from './evaluatedPolicy.ts';
import { forEachTrajectory } from './trajectories.ts';

/** The policy that draws the trajectories: the policy itself, or its reference (off policy, with ratios π/ref). */
export type Behaviour = 'policy' | 'reference';

/** The probability and the reward of one profile, and its tokens as parallel arrays [tokens]. */
export interface Profile {
  /** Added up in float64: it may underflow to 0. */
  readonly probability: number;
  /** Its logarithm, which does not. */
  readonly logProbability: number;
  readonly reward: number;
  readonly logProb: Float64Array;
  readonly oldLogProb: Float64Array;
  readonly refLogProb: Float64Array;
  readonly value: Float64Array;
}

/** Lays the tokens of a group end to end [tokens]. Every trajectory visits the layers in order, so the layer is the token index. */
export function batchOf(group: readonly Profile[], graph: TrajectoryGraph, withValue: boolean): TokenBatch {
  const offsets = new Int32Array(group.length + 1);
  for (const [i, profile] of group.entries()) offsets[i + 1] = offsets[i]! + profile.logProb.length;
  const tokens = offsets[group.length]!;
  const join = (field: 'logProb' | 'oldLogProb' | 'refLogProb' | 'value'): Float64Array => {
    const out = new Float64Array(tokens);
    for (const [i, profile] of group.entries()) out.set(profile[field], offsets[i]!);
    return out;
  };
  const component = new Uint8Array(tokens);
  const attempt = new Int32Array(tokens);
  for (let i = 0; i < group.length; i++) {
    for (let t = 0; offsets[i]! + t < offsets[i + 1]!; t++) {
      const layer = graph.layers[t]!;
      component[offsets[i]! + t] = COMPONENTS.indexOf(layer.component);
      attempt[offsets[i]! + t] = layer.attempt;
    }
  }
  return {
    offsets,
    logProb: join('logProb'),
    oldLogProb: join('oldLogProb'),
    refLogProb: join('refLogProb'),
    mask: new Uint8Array(tokens).fill(1),
    component,
    attempt,
    reward: Float64Array.from(group, (profile) => profile.reward),
    group: new Int32Array(group.length),
    ...(withValue ? { value: join('value') } : {}),
  };
}

/** Tells whether the weights of an objective depend on more than rewards and lengths. */
export function looksAtTokens(
  { readsLogProbs, readsValues }: ObjectiveTraits,
  behaviour: Behaviour,
): boolean {
  return behaviour === 'reference' || readsLogProbs || readsValues;
}

/** The profiles of a policy on a tree, and which of them each trajectory has. */
export interface Profiles {
  readonly profiles: readonly Profile[];
  /** The index of the profile of each leaf [leaves], −1 where the leaf cannot be drawn. */
  readonly profileOf: Int32Array;
  /** The probability with which each leaf is drawn [leaves]. */
  readonly leafProb: Float64Array;
  /** Its logarithm [leaves]. */
  readonly logLeafProb: Float64Array;
}

/** log(eˣ + eʸ). */
function logAdd(x: number, y: number): number {
  return x === Number.NEGATIVE_INFINITY ? y : Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
}

/** An objective is defined where every token that can be drawn has finite log-probabilities. @throws InputError for another */
function checkLogProbs({ logProb, refLogProb }: Profile, graph: TrajectoryGraph): void {
  const read = { 'log π': logProb, 'log π_ref': refLogProb };
  for (const [name, values] of Object.entries(read)) {
    const t = values.findIndex((x) => !Number.isFinite(x));
    if (t < 0) continue;
    const { component, attempt } = graph.layers[t]!;
    throw new InputError(
      `${name}: expected a finite number for every token that can be drawn, found ${values[t]} for a ${component} token of attempt ${attempt + 1}`,
    );
  }
}

/**
 * Collects the profiles of a policy on a *tree*; `separate` gives every trajectory a profile of its own.
 * @param underflowing whether trajectories count whose probability is above 0 but underflows: their weights may be as large
 * @throws InputError if a log-probability of a trajectory that can be drawn is not finite
 */
export function profilesOf(
  policy: EvaluatedPolicy,
  behaviour: Behaviour,
  separate: boolean,
  underflowing = false,
): Profiles {
  const { graph, reward, logProb, logRef } = policy;
  const { prob, refProb, logProb: logLeaf, logRefProb } = leafRatios(policy);
  const leafProb = behaviour === 'policy' ? prob : refProb;
  const logLeafProb = behaviour === 'policy' ? logLeaf : logRefProb;
  const old = behaviour === 'policy' ? policy : policy.reference;
  const advantage = advantages(old, reward);
  // The leaves of a layer have the same length and are visited layer by layer, so only the rewards of the current length are kept.
  const kinds = new Map<number, number>();
  let length = 0;
  const profiles: (Omit<Profile, 'probability' | 'logProbability'> & {
    probability: number;
    logProbability: number;
  })[] = [];
  const profileOf = new Int32Array(graph.leaves).fill(-1);
  forEachTrajectory(graph, (leaf, path) => {
    if (underflowing ? logLeafProb[leaf] === Number.NEGATIVE_INFINITY : leafProb[leaf] === 0) return;
    if (path.length !== length) kinds.clear();
    length = path.length;
    const key = separate ? leaf : reward[leaf]!;
    let kind = kinds.get(key);
    if (kind === undefined) {
      kind = profiles.length;
      kinds.set(key, kind);
      const pick = (edges: Float64Array): Float64Array => Float64Array.from(path, (e) => edges[e]!);
      // V(h_t) = R − Σ_{s≥t} A_s, since rewards and transitions are deterministic.
      const value = pick(advantage);
      for (let t = path.length - 1, rest = reward[leaf]!; t >= 0; t--) {
        rest -= value[t]!;
        value[t] = rest;
      }
      const profile = {
        probability: 0,
        logProbability: Number.NEGATIVE_INFINITY,
        reward: reward[leaf]!,
        logProb: pick(logProb),
        oldLogProb: pick(old.logProb),
        refLogProb: pick(logRef),
        value,
      };
      checkLogProbs(profile, graph);
      profiles.push(profile);
    }
    const own = profiles[kind]!;
    own.probability += leafProb[leaf]!;
    own.logProbability = logAdd(own.logProbability, logLeafProb[leaf]!);
    profileOf[leaf] = kind;
  });
  return { profiles, profileOf, leafProb, logLeafProb };
}
