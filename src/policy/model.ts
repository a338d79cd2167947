// A policy, its reference and its rewards on a trajectory graph, from which every exact computation starts.
import type { TrajectoryGraph } from './graph.ts';
import { leaves } from './shape.ts';
import type { PolicyLogits, TabularPolicy } from './tabular.ts';
import { compileTree } from './tree.ts';

/** A policy on a graph: logits as one table (sample rows, then decision rows; see graph.ts), and rewards in the order of the leaves. */
export interface Model {
  readonly graph: TrajectoryGraph;
  /** The logits of the policy [slots]. */
  readonly logits: Float64Array;
  /** The logits of its reference [slots]. */
  readonly reference: Float64Array;
  /** The reward R(τ) of every leaf [leaves]. */
  readonly reward: Float64Array;
}

/** Joins both tables of logits to one: [sampleSlots] and [decisionSlots] → [slots]. */
export function joinLogits(logits: PolicyLogits): Float64Array {
  const table = new Float64Array(logits.sample.length + logits.decision.length);
  table.set(logits.sample);
  table.set(logits.decision, logits.sample.length);
  return table;
}

/** Splits a table [slots] into its two parts, as views without copies. This is the inverse of `joinLogits`. */
export function splitTable(graph: TrajectoryGraph, table: Float64Array): PolicyLogits {
  return { sample: table.subarray(0, graph.sampleSlots), decision: table.subarray(graph.sampleSlots) };
}

/** Computes the reward R(τ) of every leaf [leaves] in canonical order. */
export function leafRewards(policy: TabularPolicy): Float64Array {
  const { shape, reward } = policy;
  if (reward.kind === 'table') return reward.values;
  const goal = reward.target.reduce((index, token) => index * shape.vocabulary + token, 0);
  const perAttempt = shape.vocabulary ** shape.length;
  const out = new Float64Array(leaves(shape));
  let at = 0;
  for (let attempts = 1; attempts <= shape.attempts; attempts++) {
    const count = perAttempt ** attempts;
    const cost = reward.attemptCost * (attempts - 1);
    for (let h = 0; h < count; h++) out[at++] = (h % perAttempt === goal ? 1 : 0) - cost;
  }
  return out;
}

/**
 * Puts a policy on its full trajectory tree, whose leaves are in canonical order.
 * @example
 * ```ts
 * import { randomPolicy, tabularModel } from 'gradsplit/policy';
 * const { graph } = tabularModel(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1));
 * graph.leaves; // → 6
 * ```
 */
export function tabularModel(policy: TabularPolicy): Model {
  return {
    graph: compileTree(policy.shape),
    logits: joinLogits(policy.logits),
    reference: joinLogits(policy.reference),
    reward: leafRewards(policy),
  };
}

/** Writes x − log Σ exp(x) to `out` for the entries start … end − 1 of `values`, computed relative to the largest entry. */
function writeLogSoftmax(values: Float64Array, start: number, end: number, out: Float64Array): void {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) top = Math.max(top, values[i]!);
  let sum = 0;
  for (let i = start; i < end; i++) sum += Math.exp(values[i]! - top);
  const log = Math.log(sum);
  for (let i = start; i < end; i++) out[i] = values[i]! - top - log;
}

/** Computes log π = logit − log Σ exp(logits) of one row of logits: [n] → [n]. */
export function logSoftmaxRow(logits: Float64Array): Float64Array {
  const out = new Float64Array(logits.length);
  writeLogSoftmax(logits, 0, logits.length, out);
  return out;
}

/** Computes log π in every row of a table, with rows of V below sampleSlots and rows of 2 from there on: [slots] → [slots]. */
export function logSoftmaxTable(graph: TrajectoryGraph, table: Float64Array): Float64Array {
  const out = new Float64Array(table.length);
  for (let start = 0; start < table.length; ) {
    const end = start + (start < graph.sampleSlots ? graph.vocabulary : 2);
    writeLogSoftmax(table, start, end, out);
    start = end;
  }
  return out;
}

/** Computes log π(a|h) of every edge from a table of logits: [slots] → [edges]. */
export function edgeLogProbs(graph: TrajectoryGraph, table: Float64Array): Float64Array {
  const logProb = logSoftmaxTable(graph, table);
  const out = new Float64Array(graph.edges);
  for (let e = 0; e < out.length; e++) out[e] = logProb[graph.slot[e]!]!;
  return out;
}
