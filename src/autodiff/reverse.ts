// The reverse sweep: cotangents, one per label, flow from the output to the leaves in one pass over the nodes.
import { registry } from '../ops/registry.ts';
import { closeFrame, enlist, isHeld, openFrame, unlist } from '../tensor/frame.ts';
import { currentLevel } from '../tensor/level.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { enterBackward, leaveBackward } from './anomaly.ts';
import { apply } from './apply.ts';
import { type Graph, indexIn } from './graph.ts';
import { hooked } from './hooks.ts';
import { type Node, nodeOf } from './node.ts';
import type { Rule } from './op.ts';
import { traceInputs } from './trace.ts';

/** Cotangents of one label by index of the node; undefined where nothing flows. */
export type Cotangents = (Tensor | undefined)[];

/** What the sweep shows of itself: called on every node it reaches, with the finished cotangent of its output. */
export type Visit = (node: Node, cotangent: Tensor) => void;

/**
 * x̄ = Σ over the ops that used x of Jᵀ·ȳ, ids descending. The table owns the cotangents in it: one is freed as soon as
 * its node has been passed (unless an outer transform recorded it), so that memory holds only the front of the sweep.
 * @param seeds one cotangent of the output per label
 * @param labels their names, for hooks
 * @returns cotangents per label; only those of the leaves are left, at index 0 … graph.leaves − 1
 */
export function reverseSweep(
  graph: Graph,
  output: Node | undefined,
  seeds: readonly Tensor[],
  labels: readonly string[],
  visit?: Visit,
): Cotangents[] {
  const top = indexIn(graph, output);
  const tables = seeds.map(() => new Array<Tensor | undefined>(graph.nodes.length).fill(undefined));
  try {
    if (top >= 0) for (const [l, seed] of seeds.entries()) tables[l]![top] = alias(seed);
    for (let index = top; index >= 0; index--) {
      const node = graph.nodes[index];
      if (node === undefined) continue;
      for (const [l, cotangents] of tables.entries()) {
        const found = cotangents[index];
        if (found === undefined) continue;
        const cotangent = replaced(found, hooked(node, found, labels[l]!));
        cotangents[index] = cotangent;
        if (index < graph.leaves) continue;
        visit?.(node, cotangent);
        passOn(node, cotangent, graph, cotangents);
        cotangents[index] = undefined;
        drop(cotangent);
      }
    }
  } finally {
    // What is left (the leaves', or everything after an exception) belongs to the scope around.
    for (const cotangents of tables) for (const left of cotangents) if (left !== undefined) enlist(left);
  }
  return tables;
}

/** Adds Jᵀ·cotangent to what every input's node has; everything else made here is freed. */
function passOn(node: Node, cotangent: Tensor, graph: Graph, cotangents: Cotangents): void {
  const { vjp: rule } = node.op;
  if (rule === 'zero') return;
  const parents = node.parents.map((parent) => indexIn(graph, parent));
  const around = enterBackward(node);
  try {
    if (rule === 'recompute' || (node.op.decompose !== undefined && isDifferentiatedAgain(node, cotangent))) {
      passThroughPrimitives(node, cotangent, parents, cotangents);
    } else {
      for (let i = 0; i < parents.length; i++) {
        if (parents[i]! >= 0) passByRule(rule, node, cotangent, i, cotangents, parents[i]!);
      }
    }
  } finally {
    leaveBackward(around);
  }
}

function passByRule(
  rule: Rule<unknown>,
  node: Node,
  cotangent: Tensor,
  i: number,
  cotangents: Cotangents,
  parent: number,
): void {
  const frame = openFrame();
  try {
    accumulate(cotangents, parent, rule(node, cotangent, i));
  } finally {
    closeFrame(frame, isHeld);
  }
}

/** By way of the op's composition, whose rules have derivatives; all inputs in one sweep over it. */
function passThroughPrimitives(
  node: Node,
  cotangent: Tensor,
  parents: readonly number[],
  cotangents: Cotangents,
): void {
  const frame = openFrame();
  try {
    const wanted = parents.flatMap((parent, i) => (parent < 0 ? [] : [i]));
    const { result, leaves, graph } = traceInputs(node, wanted);
    const [swept] = reverseSweep(graph, nodeOf(result), [cotangent], ['']);
    for (const i of wanted) {
      const index = indexIn(graph, leaves[i]);
      if (index >= 0) accumulate(cotangents, parents[i]!, swept![index]);
    }
  } finally {
    closeFrame(frame, isHeld);
  }
}

/** Adds a term, made in the innermost frame, to a cotangent of the table. */
function accumulate(cotangents: Cotangents, index: number, term: Tensor | undefined): void {
  if (term === undefined) return;
  const before = cotangents[index];
  const total = before === undefined ? term : apply(registry.add, [before, term], {});
  // A rule may hand a tensor through that is not its own: then the table takes another on the same memory.
  cotangents[index] = unlist(total) ? total : alias(total);
  if (before !== undefined) drop(before);
}

/** A running transform will differentiate what the rules make of these. */
function isDifferentiatedAgain({ inputs }: Node, cotangent: Tensor): boolean {
  const isRecorded = ({ node }: Tensor): boolean => node !== undefined && node.level <= currentLevel();
  return isRecorded(cotangent) || inputs.some(isRecorded);
}

/** What stands in the table after a hook: its replacement, or what was there. */
function replaced(before: Tensor, after: Tensor): Tensor {
  if (after === before) return before;
  const owned = unlist(after) ? after : alias(after);
  drop(before);
  return owned;
}

/** Another tensor on the same memory with the same place in the graph, for the table to own. */
function alias(tensor: Tensor): Tensor {
  const other = tensor.share(tensor.shape, tensor.origin);
  other.node = tensor.node;
  unlist(other);
  return other;
}

/** Frees a cotangent of the table; one that an outer graph needs goes to the scope around instead. */
function drop(cotangent: Tensor): void {
  if (isHeld(cotangent)) enlist(cotangent);
  else cotangent.dispose();
}
