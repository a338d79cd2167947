// A policy over a field from free symbols: what a random point of a proof, a degree bound and a float64 check have in common.
import type { ArrayField } from '../../base/field.ts';
import { float64Field } from '../../base/field.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { logRatio } from '../divergence.ts';
import type { EvaluatedPolicy } from '../evaluatedPolicy.ts';
import type { PolicyOver } from '../policyOver.ts';
import { freeProbabilities, probabilitiesFromFree } from './tables.ts';

/**
 * A policy with free symbols for its probabilities, those of its reference, its log-ratios and its rewards.
 * @param fresh n new symbols of the field, named for what they are
 */
export function freePolicy<A>(
  field: ArrayField<A>,
  graph: TrajectoryGraph,
  fresh: (count: number, name: string) => A,
): PolicyOver<A> {
  const free = freeProbabilities(graph);
  // A log-ratio belongs to a row of the table, so that histories that share a row share it.
  const logRatios = fresh(graph.slots, 'logRatio');
  return {
    field,
    graph,
    prob: probabilitiesFromFree(field, graph, fresh(free, 'probability')),
    refProb: probabilitiesFromFree(field, graph, fresh(free, 'reference')),
    logRatio: field.gather(logRatios, graph.slot),
    reward: fresh(graph.leaves, 'reward'),
  };
}

/** An evaluated policy as a policy over float64. */
export function policyInFloat64(policy: EvaluatedPolicy): PolicyOver<Float64Array> {
  const { graph, prob, reward, reference } = policy;
  return {
    field: float64Field,
    graph,
    prob,
    refProb: reference.prob,
    logRatio: logRatio(policy, reference),
    reward,
  };
}
