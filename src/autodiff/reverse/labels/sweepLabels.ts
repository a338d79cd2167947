// The reverse sweep for several labels at once: in one pass over the nodes, and with one cotangent for all of them as far as their
// rows stay apart. Where labels do not meet, each gets the bits that the plain sweep gives it alone; where they meet, what it gets
// alone up to rounding.
import { registry } from '../../../ops/registry.ts';
import { inFrame } from '../../../tensor/frame.ts';
import { ones, type Tensor } from '../../../tensor/tensor.ts';
import { hooked, isHooked } from '../../inspect/hooks.ts';
import { enterBackward, isWatching, leaveBackward } from '../../trace/anomaly.ts';
import { apply } from '../../trace/apply.ts';
import { type Graph, indexIn } from '../../trace/graph.ts';
import { isRecorded, type Node, nodeOf } from '../../trace/node.ts';
import type { RowTerms } from '../../trace/op.ts';
import { traceInputs } from '../../trace/trace.ts';
import { type Cotangents, pull } from '../sweep.ts';
import {
  addApart,
  addFlow,
  emptyFlow,
  type Flow,
  handOverFlow,
  isEmpty,
  partsOf,
  releaseFlow,
  replace,
  separate,
} from './flow.ts';
import { rowsOfSeeds } from './labelRows.ts';
import { pullLabels } from './pullLabels.ts';
import { EVERYWHERE } from './rowSet.ts';

/**
 * The seeds of several labels as one cotangent with rows: their sum, if no two labels have an element in common, or else
 * ones. undefined, so that each label has a sweep of its own, if there is nothing to share, if the result will be
 * differentiated again, inside vmap (an example has no values to read), and in anomaly mode.
 */
export function sharedSeeds(from: Node | undefined, seeds: readonly Tensor[]): Flow | undefined {
  if (from === undefined || seeds.length < 2 || from.output.size < 2 || isWatching()) return undefined;
  const tensors = [from.output, ...seeds];
  if (tensors.some(isRecorded) || tensors.some(({ exampleOf }) => exampleOf !== undefined)) return undefined;
  const labelRows = rowsOfSeeds(seeds.map((seed) => seed.readSync()));
  const cotangent = labelRows.areDisjoint
    ? seeds.reduce((total, seed) => apply(registry.add, [total, seed], {}))
    : ones(from.output.shape, from.output.dtype);
  return { shared: { cotangent, labelRows }, apart: seeds.map(() => undefined) };
}

/** Cotangents of several labels that need not have anything in common. */
export function seedsApart(seeds: readonly Tensor[]): Flow {
  return {
    shared: undefined,
    apart: seeds.map((cotangent) => ({ cotangent, rows: EVERYWHERE })),
  };
}

/**
 * Takes the terms of a leaf's cotangent where one op uses it, by label; undefined for labels of which nothing flows there. They are freed
 * after the call.
 */
export interface TermsTaker {
  /** Whether a node, by its index, may give terms. */
  accepts(node: number): boolean;
  take(leaf: number, terms: readonly (RowTerms | undefined)[]): void;
}

/**
 * The leaves' cotangents per label, as `sweep` gives them for the seed of each.
 * @param labels their names, for hooks
 * @param taker is given what can be had as terms, which is then no part of the result
 */
export function sweepLabels(
  graph: Graph,
  from: Node | undefined,
  seeds: Flow,
  labels: readonly string[],
  taker?: TermsTaker,
): Cotangents[] {
  const flows = sweepFlow(graph, from, seeds, labels, taker);
  const parts = flows.map((flow) => (flow?.shared === undefined ? flow?.apart : partsOf(flow.shared)));
  return labels.map((_, label) => parts.map((part) => part?.[label]?.cotangent));
}

/** The flow of every leaf, by its index, which the scope around owns. Otherwise as `sweep`. */
function sweepFlow(
  graph: Graph,
  from: Node | undefined,
  seeded: Flow,
  labels: readonly string[],
  taker?: TermsTaker,
): (Flow | undefined)[] {
  const flows = new Array<Flow | undefined>(graph.nodes.length).fill(undefined);
  const flowAt = (node: Node | undefined): Flow | undefined => {
    const index = indexIn(graph, node);
    if (index >= 0) flows[index] ??= emptyFlow(labels.length);
    return flows[index];
  };
  const start = indexIn(graph, from);
  try {
    if (start >= 0) inFrame(() => addFlow(flowAt(from)!, seeded));
    for (let index = start; index >= 0; index--) {
      const [node, flow] = [graph.nodes[index], flows[index]];
      if (node === undefined || flow === undefined || isEmpty(flow)) continue;
      if (isHooked(node)) callHooks(node, flow, labels);
      if (index < graph.leafCount) continue;
      const given = taker?.accepts(index) === true ? giveTerms(graph, node, flow, taker) : [];
      const into = node.parents.map((parent, i) => (given.includes(i) ? undefined : flowAt(parent)));
      passOn(node, flow, into, labels);
      flows[index] = undefined;
      releaseFlow(flow);
    }
    return flows.slice(0, graph.leafCount);
  } finally {
    for (const flow of flows) if (flow !== undefined) handOverFlow(flow);
  }
}

/** Gives the terms of the leaves that a node uses, and returns which of its inputs these are. */
function giveTerms(graph: Graph, node: Node, flow: Flow, taker: TermsTaker): number[] {
  const { terms: termsOf, vjp } = node.op;
  if (termsOf === undefined || vjp === 'zero') return [];
  return node.parents.flatMap((parent, i) => {
    const leaf = indexIn(graph, parent);
    if (leaf < 0 || leaf >= graph.leafCount) return [];
    let isGiven = true;
    inFrame(() => {
      const parts = flow.shared === undefined ? flow.apart : partsOf(flow.shared);
      const terms = parts.map((part) => part && termsOf(node, part.cotangent, i));
      isGiven = terms.every((one, l) => one !== undefined || parts[l] === undefined);
      if (isGiven) taker.take(leaf, terms);
    });
    return isGiven ? [i] : [];
  });
}

/** A hook sees every label. */
function callHooks(node: Node, flow: Flow, labels: readonly string[]): void {
  separate(flow);
  for (const [label, one] of flow.apart.entries()) {
    if (one !== undefined) replace(flow, label, hooked(node, one.cotangent, labels[label]!));
  }
}

/** Adds Jᵀ·cotangent, for every label, to the flow of every wanted input. */
function passOn(
  node: Node,
  flow: Flow,
  into: readonly (Flow | undefined)[],
  labels: readonly string[],
): void {
  const { vjp: rule, decompose } = node.op;
  if (rule === 'zero') return;
  const wanted = into.flatMap((to, i) => (to === undefined ? [] : [i]));
  const outerNode = enterBackward(node);
  try {
    if (rule === 'recompute') {
      inFrame(() => {
        const { result, leaves, graph } = traceInputs(node, wanted);
        const found = sweepFlow(graph, nodeOf(result), flow, labels);
        for (const i of wanted) {
          const term = found[indexIn(graph, leaves[i])];
          if (term !== undefined) addFlow(into[i]!, term);
        }
      });
      return;
    }
    const rest = [...flow.apart];
    for (const [label, one] of flow.apart.entries()) {
      // A cotangent is recorded only if a hook returned it; `sharedSeeds` refuses recorded seeds.
      if (decompose === undefined || one === undefined || !isRecorded(one.cotangent)) continue;
      rest[label] = undefined;
      pull(node, one.cotangent, labels[label]!, wanted, (i, cotangent) =>
        addApart(into[i]!, label, { cotangent, rows: EVERYWHERE }),
      );
    }
    pullLabels(rule, node, { shared: flow.shared, apart: rest }, into);
  } finally {
    leaveBackward(outerNode);
  }
}
