// The reverse sweep: cotangents of all labels flow from the output to the leaves in one pass over the nodes.
import { inFrame } from '../../tensor/frame.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { enterBackward, isWatching, leaveBackward } from '../inspect/anomaly.ts';
import { hooked, isHooked } from '../inspect/hooks.ts';
import { type Graph, indexIn } from '../trace/graph.ts';
import { isRecorded, type Node, nodeOf } from '../trace/node.ts';
import { traceInputs } from '../trace/trace.ts';
import {
  addApart,
  addShared,
  emptyFlow,
  type Flow,
  handOver,
  isEmpty,
  partOf,
  release,
  replace,
  type Shared,
  separate,
} from './flow.ts';
import { passByRule } from './passByRule.ts';
import { sharedSeeds } from './seeds.ts';

/** Cotangents of one label by index of the leaf; undefined where nothing flows. */
export type Cotangents = (Tensor | undefined)[];

/** What the sweep shows of itself: called on every node it reaches, with the finished cotangent of its output. */
export type Visit = (node: Node, cotangent: Tensor) => void;

/** Flows by index of the node. They own the cotangents in them; what is not passed on stays in the table. */
type Flows = (Flow | undefined)[];

/**
 * x̄ = Σ over the ops that used x of Jᵀ·ȳ, ids descending, for every label. A cotangent is freed as soon as its node has
 * been passed (unless an outer transform recorded it), so that memory holds only the front of the sweep.
 * @param seeds one cotangent of the output per label
 * @param labels their names, for hooks
 * @returns the leaves' cotangents per label
 */
export function reverseSweep(
  graph: Graph,
  output: Node | undefined,
  seeds: readonly Tensor[],
  labels: readonly string[],
  visit?: Visit,
): Cotangents[] {
  const flows: Flows = new Array<Flow | undefined>(graph.nodes.length).fill(undefined);
  const top = indexIn(graph, output);
  try {
    if (top >= 0) {
      flows[top] = emptyFlow(labels.length);
      const eachIsSeen = visit !== undefined || isWatching();
      inFrame(() => begin(flows[top]!, eachIsSeen ? undefined : sharedSeeds(output!, seeds), seeds));
      sweep(graph, top, flows, labels, visit);
    }
    const leaves = flows.slice(0, graph.leaves);
    for (const flow of leaves) if (flow !== undefined) separate(flow);
    return labels.map((_, label) => leaves.map((flow) => flow?.apart[label]));
  } finally {
    // What is left (the leaves', or everything after an exception) belongs to the scope around.
    for (const flow of flows) if (flow !== undefined) handOver(flow);
  }
}

function begin(flow: Flow, shared: Shared | undefined, seeds: readonly Tensor[]): void {
  if (shared !== undefined) addShared(flow, shared);
  else for (const [label, seed] of seeds.entries()) addApart(flow, label, seed);
}

function sweep(graph: Graph, top: number, flows: Flows, labels: readonly string[], visit?: Visit): void {
  for (let index = top; index >= 0; index--) {
    const [node, flow] = [graph.nodes[index], flows[index]];
    if (node === undefined || flow === undefined || isEmpty(flow)) continue;
    // A hook sees every label.
    if (isHooked(node)) separate(flow);
    for (const [label, cotangent] of flow.apart.entries()) {
      if (cotangent !== undefined) replace(flow, label, hooked(node, cotangent, labels[label]!));
    }
    if (index < graph.leaves) continue;
    if (visit !== undefined) {
      for (const cotangent of flow.apart) if (cotangent !== undefined) visit(node, cotangent);
    }
    passOn(node, flow, graph, flows, labels);
    flows[index] = undefined;
    release(flow);
  }
}

/** Adds Jᵀ·cotangent to what every input's node has. */
function passOn(node: Node, flow: Flow, graph: Graph, flows: Flows, labels: readonly string[]): void {
  const { vjp: rule, decompose } = node.op;
  if (rule === 'zero') return;
  const into = node.parents.map((parent) => {
    const index = indexIn(graph, parent);
    if (index < 0) return undefined;
    flows[index] ??= emptyFlow(labels.length);
    return flows[index];
  });
  const around = enterBackward(node);
  try {
    if (rule === 'recompute') {
      passThroughPrimitives(node, flow, into, labels);
    } else if (decompose === undefined) {
      passByRule(rule, node, flow, into);
    } else {
      const isDifferentiatedAgain = (cotangent: Tensor): boolean =>
        isRecorded(cotangent) || node.inputs.some(isRecorded);
      passThroughPrimitives(node, partOf(flow, isDifferentiatedAgain), into, labels);
      passByRule(
        rule,
        node,
        partOf(flow, (cotangent) => !isDifferentiatedAgain(cotangent)),
        into,
      );
    }
  } finally {
    leaveBackward(around);
  }
}

/** By way of the op's composition, whose rules have derivatives; all inputs and all labels in one sweep over it. */
function passThroughPrimitives(
  node: Node,
  flow: Flow,
  into: readonly (Flow | undefined)[],
  labels: readonly string[],
): void {
  if (isEmpty(flow)) return;
  inFrame(() => {
    const wanted = into.flatMap((to, i) => (to === undefined ? [] : [i]));
    const { result, leaves, graph } = traceInputs(node, wanted);
    const top = indexIn(graph, nodeOf(result));
    if (top < 0) return;
    const flows: Flows = new Array<Flow | undefined>(graph.nodes.length).fill(undefined);
    flows[top] = emptyFlow(labels.length);
    try {
      addFlow(flows[top], flow);
      sweep(graph, top, flows, labels);
    } finally {
      for (const left of flows) if (left !== undefined) handOver(left);
    }
    for (const i of wanted) {
      const index = indexIn(graph, leaves[i]);
      const found = index < 0 ? undefined : flows[index];
      if (found !== undefined) addFlow(into[i]!, found);
    }
  });
}

/** Adds all of a flow to another. */
function addFlow(to: Flow, { shared, apart, supports }: Flow): void {
  if (shared !== undefined) addShared(to, shared);
  for (const [label, cotangent] of apart.entries()) addApart(to, label, cotangent, supports[label]);
}
