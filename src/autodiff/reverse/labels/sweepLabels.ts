// The reverse sweep for several labels at once: in one pass over the nodes, and with one cotangent for all of them as far as their
// rows stay apart. Every label gets what the plain sweep gives it alone.
import { registry } from '../../../ops/registry.ts';
import { inFrame } from '../../../tensor/frame.ts';
import { ones, type Tensor } from '../../../tensor/tensor.ts';
import { hooked, isHooked } from '../../inspect/hooks.ts';
import { enterBackward, isWatching, leaveBackward } from '../../trace/anomaly.ts';
import { apply } from '../../trace/apply.ts';
import { type Graph, indexIn } from '../../trace/graph.ts';
import { isRecorded, type Node, nodeOf } from '../../trace/node.ts';
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
  type Shared,
  separate,
} from './flow.ts';
import { rowsOfSeeds } from './labelRows.ts';
import { pullLabels } from './pullLabels.ts';
import { EVERYWHERE } from './rowSet.ts';

/**
 * The seeds of several labels as one cotangent with rows: their sum, if no two labels have an element in common, or else
 * ones. undefined where there is nothing to share, where what the sweep makes will be differentiated again, inside vmap,
 * where no example has values of its own to read, or while every result is looked at: then each label has a sweep of its own.
 */
export function sharedSeeds(output: Node | undefined, seeds: readonly Tensor[]): Shared | undefined {
  if (output === undefined || seeds.length < 2 || output.output.size < 2 || isWatching()) return undefined;
  const tensors = [output.output, ...seeds];
  if (tensors.some(isRecorded) || tensors.some(({ exampleOf }) => exampleOf !== undefined)) return undefined;
  const rows = rowsOfSeeds(seeds.map((seed) => seed.readSync()));
  const cotangent = rows.areDisjoint
    ? seeds.reduce((total, seed) => apply(registry.add, [total, seed], {}))
    : ones(output.output.shape, output.output.dtype);
  return { cotangent, rows };
}

/**
 * The leaves' cotangents per label, as `sweep` gives them for the seed of each.
 * @param labels their names, for hooks
 */
export function sweepLabels(
  graph: Graph,
  output: Node | undefined,
  seeds: Shared,
  labels: readonly string[],
): Cotangents[] {
  const flows = sweepFlow(graph, output, { shared: seeds, apart: labels.map(() => undefined) }, labels);
  const parts = flows.map((flow) => (flow?.shared === undefined ? flow?.apart : partsOf(flow.shared)));
  return labels.map((_, label) => parts.map((part) => part?.[label]?.cotangent));
}

/** The flow of every leaf, by its index, which the scope around owns. Otherwise as `sweep`. */
function sweepFlow(
  graph: Graph,
  output: Node | undefined,
  seeded: Flow,
  labels: readonly string[],
): (Flow | undefined)[] {
  const flows = new Array<Flow | undefined>(graph.nodes.length).fill(undefined);
  const flowAt = (node: Node | undefined): Flow | undefined => {
    const index = indexIn(graph, node);
    if (index >= 0) flows[index] ??= emptyFlow(labels.length);
    return flows[index];
  };
  const top = indexIn(graph, output);
  try {
    if (top >= 0) inFrame(() => addFlow(flowAt(output)!, seeded));
    for (let index = top; index >= 0; index--) {
      const [node, flow] = [graph.nodes[index], flows[index]];
      if (node === undefined || flow === undefined || isEmpty(flow)) continue;
      if (isHooked(node)) callHooks(node, flow, labels);
      if (index < graph.leaves) continue;
      passOn(node, flow, node.parents.map(flowAt), labels);
      flows[index] = undefined;
      releaseFlow(flow);
    }
    return flows.slice(0, graph.leaves);
  } finally {
    for (const flow of flows) if (flow !== undefined) handOverFlow(flow);
  }
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
  const around = enterBackward(node);
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
      // Only what a hook put there can be recorded: the seeds are not.
      if (decompose === undefined || one === undefined || !isRecorded(one.cotangent)) continue;
      rest[label] = undefined;
      pull(node, one.cotangent, labels[label]!, wanted, (i, cotangent) =>
        addApart(into[i]!, label, { cotangent, rows: EVERYWHERE }),
      );
    }
    pullLabels(rule, node, { shared: flow.shared, apart: rest }, into);
  } finally {
    leaveBackward(around);
  }
}
