// An evaluated policy in intervals, from which the rounding of the text of a statement follows: its sides lie between bounds.
import { above, below } from '../../algebra/directed.ts';
import { type IntervalArray, intervalField } from '../../algebra/interval.ts';
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { slotRows } from '../../attribution/over/indices.ts';
import { policyInFloat64 } from '../../attribution/over/instance.ts';
import { probabilitiesFromOdds } from '../../attribution/over/tables.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { memoised } from '../../base/memoised.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';

/** Numbers as intervals of width 0. */
function points(values: Float64Array): IntervalArray {
  return { lo: values, hi: values };
}

/** e^(logit − the largest of its row) [slots]: odds whose rows add up to at least 1. */
function odds(graph: TrajectoryGraph, logits: Float64Array): Float64Array {
  const { row, rows } = slotRows(graph);
  const largest = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
  for (const [s, x] of logits.entries()) largest[row[s]!] = Math.max(largest[row[s]!]!, x);
  return logits.map((x, s) => Math.exp(x - largest[row[s]!]!));
}

/** Probabilities [edges] that add up to 1 at every history, and what float64 has for them, between one lower and one upper bound. */
function bounds(graph: TrajectoryGraph, logits: Float64Array, inFloat64: Float64Array): IntervalArray {
  const { lo, hi } = probabilitiesFromOdds<IntervalArray>(intervalField, graph, points(odds(graph, logits)));
  return {
    lo: lo.map((x, e) => Math.max(0, Math.min(x, below(inFloat64[e]!)))),
    hi: hi.map((x, e) => Math.max(x, above(inFloat64[e]!))),
  };
}

/**
 * A policy in intervals with the float64 policy and one whose probabilities add up to exactly 1 in them. An identity holds for the one, so
 * that the intervals of its sides meet; the sides of the other in float64 lie in them, too. Log-ratios and rewards are those of float64:
 * an identity that is proved holds whatever they are.
 */
export const policyInIntervals: (policy: EvaluatedPolicy) => PolicyOver<IntervalArray> = memoised(
  (policy) => {
    const { graph, model, prob, reference } = policy;
    const { logRatio, reward } = policyInFloat64(policy);
    return {
      field: intervalField,
      graph,
      prob: bounds(graph, model.logits, prob),
      refProb: bounds(graph, model.reference, reference.prob),
      logRatio: points(logRatio),
      reward: points(reward),
    };
  },
);
