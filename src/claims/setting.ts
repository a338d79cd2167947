// Everything the claims ask of one policy, computed once from its model.

import { klGradient, type LeafRatios, leafRatios, logRatio } from '../attribution/divergence.ts';
import { expOf, returnMeasure, scoreGradient } from '../attribution/measure.ts';
import { float64Field as field } from '../base/field.ts';
import { memoised } from '../base/memoised.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { edgeLogProbs, joinLogits, leafRewards, type Model, tabularModel } from '../policy/model.ts';
import { occupancy } from '../policy/program.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { graphOperations, largestLog, rounding, type Tolerance } from './tolerance.ts';

/** A model with its derived arrays: all [edges] unless said otherwise. */
export interface Setting {
  readonly model: Model;
  readonly graph: TrajectoryGraph;
  readonly reward: Float64Array;
  readonly logProb: Float64Array;
  readonly prob: Float64Array;
  readonly logRef: Float64Array;
  /** ρ(h)·π(a|h). */
  readonly reach: Float64Array;
  /** max |R|. */
  readonly rewardSize: number;
  /** A bound on E Σ_t |log-ratio_t|. */
  readonly logSize: number;
  /** Rounding of a sum over trajectories whose terms add up to `magnitude` in absolute value. */
  readonly rounding: (magnitude: number, what: string) => Tolerance;
}

/** max |x|, 0 for none. */
function largest(values: Float64Array): number {
  return values.reduce((size, x) => Math.max(size, Math.abs(x)), 0);
}

/** max |logit| of the policy and its reference: a logit of this size is known to half an ulp only. */
function largestLogit({ logits, reference }: Pick<Model, 'logits' | 'reference'>): number {
  return Math.max(largest(logits), largest(reference));
}

/** Above this size a logit has no digits left that a check could compare, and the square of a reward leaves float64. */
const LARGEST_LOGIT = 1e6;
const LARGEST_REWARD = 1e150;

/** Why no claim can be checked on a policy, if so. */
export function unverifiable(policy: TabularPolicy): string | undefined {
  const logit = largestLogit({ logits: joinLogits(policy.logits), reference: joinLogits(policy.reference) });
  if (logit > LARGEST_LOGIT) {
    return `logits up to ${logit.toExponential(1)}: above ${LARGEST_LOGIT.toExponential(0)} float64 has no digits left to check`;
  }
  const reward = largest(leafRewards(policy));
  if (reward > LARGEST_REWARD) {
    return `rewards up to ${reward.toExponential(1)}: above ${LARGEST_REWARD.toExponential(0)} their squares leave float64`;
  }
  return undefined;
}

/** The setting of a model. */
export function settingOf(model: Model): Setting {
  const { graph, reward } = model;
  const logProb = edgeLogProbs(graph, model.logits);
  const logRef = edgeLogProbs(graph, model.reference);
  const prob = expOf(logProb);
  const logSizes = [prob, expOf(logRef)].reduce(
    (size, carrier) => Math.max(size, largestLog(logProb, carrier) + largestLog(logRef, carrier)),
    0,
  );
  const operations = graphOperations(graph, logSizes + largestLogit(model));
  return {
    model,
    graph,
    reward,
    logProb,
    prob,
    logRef,
    reach: occupancy(field, graph, prob).edge,
    rewardSize: largest(reward),
    logSize: graph.layers.length * (1 + logSizes),
    rounding: (magnitude, what) => rounding(operations, magnitude, what),
  };
}

/** The setting of a tabular policy on its trajectory tree, computed once. */
export const tabularSetting: (policy: TabularPolicy) => Setting = memoised((policy) =>
  settingOf(tabularModel(policy)),
);

/** ∇J with respect to the logits, by the tree program; [slots]. */
export function rewardGradient({ graph, prob, reward }: Setting): Float64Array {
  return scoreGradient(graph, prob, returnMeasure(graph, prob, reward));
}

/** ∇KL(π‖ref), by the tree program; [slots]. */
export function referenceKlGradient({ graph, logProb, logRef }: Setting): Float64Array {
  return klGradient(graph, logProb, logRef);
}

/** π(τ), ref(τ), log-ratio of every trajectory of a tree. */
export function trajectories({ graph, logProb, logRef }: Setting): LeafRatios {
  return leafRatios(graph, logProb, logRef);
}

/** log π − log ref of every edge. */
export function edgeLogRatio({ logProb, logRef }: Setting): Float64Array {
  return logRatio(logProb, logRef);
}
