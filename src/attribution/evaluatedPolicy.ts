// An evaluated policy holds the arrays that every exact computation reads. Each is computed once for a policy and kept.
import { float64Field as field } from '../base/field.ts';
import { memoised, once } from '../base/memoised.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { edgeLogProbs, type Model, tabularModel } from '../policy/model.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { occupancy } from './recursions.ts';
import { graphOperations, largestLog, rounding, type Tolerance } from './tolerance.ts';
import { expOf, largest } from './vectors.ts';

/** A policy on a trajectory graph, with π(a|h) of every edge [edges] and the probability of each history [nodes]. */
export class GraphPolicy {
  readonly graph: TrajectoryGraph;
  /** The log-probability log π(a|h) of every edge [edges]. */
  readonly logProb: Float64Array;
  /** The probability π(a|h) of every edge [edges]. */
  readonly prob: Float64Array;
  private readonly visits = once(() => occupancy(field, this.graph, this.prob));

  /** @param logProb the log-probability log π(a|h) of every edge [edges] */
  constructor(graph: TrajectoryGraph, logProb: Float64Array) {
    this.graph = graph;
    this.logProb = logProb;
    this.prob = expOf(logProb);
  }

  /** The probability ρ(h) that a trajectory passes h, of every node [nodes]. */
  get occupancy(): Float64Array {
    return this.visits().node;
  }

  /** The probability ρ(h)·π(a|h) that a trajectory passes an edge [edges]. */
  get reach(): Float64Array {
    return this.visits().edge;
  }
}

/** A policy with its reference and its rewards, and the magnitudes from which rounding bounds are derived. */
export class EvaluatedPolicy extends GraphPolicy {
  readonly model: Model;
  private readonly evaluatedReference = once(
    () => new GraphPolicy(this.graph, edgeLogProbs(this.graph, this.model.reference)),
  );
  /** The sum max |log π| + max |log π_ref|, over the edges that one of the two policies takes. */
  private readonly largestLogs = once((): number => {
    const taken = [this.prob, this.reference.prob];
    return Math.max(...taken.map((prob) => largestLog(this.logProb, prob) + largestLog(this.logRef, prob)));
  });
  private readonly operations = once(() => {
    // A logit is known only to half an ulp of its own magnitude.
    const largestLogit = Math.max(largest(this.model.logits), largest(this.model.reference));
    return graphOperations(this.graph, this.largestLogs() + largestLogit);
  });
  private readonly largestReward = once(() => largest(this.reward));

  constructor(model: Model) {
    super(model.graph, edgeLogProbs(model.graph, model.logits));
    this.model = model;
  }

  /** The reward R(τ) of every leaf [leaves]. */
  get reward(): Float64Array {
    return this.model.reward;
  }

  /** The largest absolute reward, max |R|. */
  get rewardSize(): number {
    return this.largestReward();
  }

  /** The reference policy on the same graph. */
  get reference(): GraphPolicy {
    return this.evaluatedReference();
  }

  /** The log-probability log π_ref(a|h) of every edge [edges]. */
  get logRef(): Float64Array {
    return this.reference.logProb;
  }

  /** An upper bound on E Σ_t |log π − log π_ref|, in nats. */
  get logSize(): number {
    return this.graph.layers.length * (1 + this.largestLogs());
  }

  /** Bounds the rounding of a sum over trajectories whose terms add up to `magnitude` in absolute value; `what` names them. */
  rounding(magnitude: number, what: string): Tolerance {
    return rounding(this.operations(), magnitude, what);
  }
}

/**
 * Evaluates a tabular policy on its trajectory tree. Each of its arrays is computed once, when it is first read.
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
