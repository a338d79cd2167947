// A policy, evaluated: the arrays that every exact computation reads. Each is computed once for a policy and kept.
import { float64Field as field } from '../base/field.ts';
import { memoised, once } from '../base/memoised.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { edgeLogProbs, type Model, tabularModel } from '../policy/model.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { occupancy } from './recursions.ts';
import { graphOperations, largestLog, rounding, type Tolerance } from './tolerance.ts';
import { expOf, largest } from './vectors.ts';

/** A policy on a trajectory graph: π(a|h) of every edge, and how often each history is visited. */
export class GraphPolicy {
  readonly graph: TrajectoryGraph;
  /** [edges] log π(a|h). */
  readonly logProb: Float64Array;
  /** [edges] π(a|h). */
  readonly prob: Float64Array;
  private readonly visits = once(() => occupancy(field, this.graph, this.prob));

  /** @param logProb [edges] log π(a|h) */
  constructor(graph: TrajectoryGraph, logProb: Float64Array) {
    this.graph = graph;
    this.logProb = logProb;
    this.prob = expOf(logProb);
  }

  /** [nodes] ρ(h), the probability that a trajectory passes h. */
  get occupancy(): Float64Array {
    return this.visits().node;
  }

  /** [edges] ρ(h)·π(a|h). */
  get reach(): Float64Array {
    return this.visits().edge;
  }
}

/** A policy with its reference and its rewards, and the sizes from which rounding bounds are made. */
export class EvaluatedPolicy extends GraphPolicy {
  readonly model: Model;
  private readonly evaluatedReference = once(
    () => new GraphPolicy(this.graph, edgeLogProbs(this.graph, this.model.reference)),
  );
  /** max |log π| + max |log π_ref|, over edges that one of the two takes. */
  private readonly largestLogs = once((): number => {
    const taken = [this.prob, this.reference.prob];
    return Math.max(...taken.map((prob) => largestLog(this.logProb, prob) + largestLog(this.logRef, prob)));
  });
  private readonly operations = once(() => {
    // A logit is known to half an ulp of its own size only.
    const largestLogit = Math.max(largest(this.model.logits), largest(this.model.reference));
    return graphOperations(this.graph, this.largestLogs() + largestLogit);
  });
  private readonly largestReward = once(() => largest(this.reward));

  constructor(model: Model) {
    super(model.graph, edgeLogProbs(model.graph, model.logits));
    this.model = model;
  }

  /** [leaves] R(τ). */
  get reward(): Float64Array {
    return this.model.reward;
  }

  /** max |R|. */
  get rewardSize(): number {
    return this.largestReward();
  }

  /** The reference policy on the same graph. */
  get reference(): GraphPolicy {
    return this.evaluatedReference();
  }

  /** [edges] log π_ref(a|h). */
  get logRef(): Float64Array {
    return this.reference.logProb;
  }

  /** A bound on E Σ_t |log π − log π_ref|. */
  get logSize(): number {
    return this.graph.layers.length * (1 + this.largestLogs());
  }

  /** Rounding of a sum over trajectories whose terms add up to `magnitude` in absolute value; `what` says what they are. */
  rounding(magnitude: number, what: string): Tolerance {
    return rounding(this.operations(), magnitude, what);
  }
}

/**
 * A tabular policy on its trajectory tree. Everything about it is computed once, when it is first asked for.
 * @example
 * ```ts
 * import { evaluatedPolicy } from 'gradsplit/attribution';
 * import { randomPolicy } from 'gradsplit/policy';
 * const policy = evaluatedPolicy(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1));
 * policy.occupancy[0]; // → 1
 * ```
 */
export const evaluatedPolicy: (policy: TabularPolicy) => EvaluatedPolicy = memoised(
  (policy) => new EvaluatedPolicy(tabularModel(policy)),
);
