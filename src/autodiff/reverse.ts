// The reverse sweep: cotangents, one per label, flow from the output to the leaves in one pass over the nodes.
import { registry } from '../ops/registry.ts';
import { closeFrame, enlist, isHeld, openFrame, unlist } from '../tensor/frame.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { apply } from './apply.ts';
import { type Graph, indexIn } from './graph.ts';
import type { Node } from './node.ts';

/** Cotangents of one label by index of the node; undefined where nothing flows. */
export type Cotangents = (Tensor | undefined)[];

/** What the sweep shows of itself: called on every node it reaches, with the finished cotangent of its output. */
export type Visit = (node: Node, cotangent: Tensor) => void;

/**
 * x̄ = Σ over the ops that used x of Jᵀ·ȳ, ids descending. The table owns the cotangents in it: one is freed as soon as
 * its node has been passed (unless an outer transform recorded it), so that memory holds only the front of the sweep.
 * @param seeds one cotangent of the output per label
 * @returns cotangents per label; only those of the leaves are left, at index 0 … graph.leaves − 1
 */
export function reverseSweep(
  graph: Graph,
  output: Node | undefined,
  seeds: readonly Tensor[],
  visit?: Visit,
): Cotangents[] {
  const top = indexIn(graph, output);
  const labels = seeds.map(() => new Array<Tensor | undefined>(graph.nodes.length).fill(undefined));
  try {
    if (top >= 0) for (const [l, seed] of seeds.entries()) labels[l]![top] = alias(seed);
    for (let index = top; index >= graph.leaves; index--) {
      const node = graph.nodes[index];
      if (node === undefined) continue;
      for (const cotangents of labels) {
        const cotangent = cotangents[index];
        if (cotangent === undefined) continue;
        visit?.(node, cotangent);
        for (let i = 0; i < node.parents.length; i++) {
          const parent = indexIn(graph, node.parents[i]);
          if (parent >= 0) contribute(node, cotangent, i, cotangents, parent);
        }
        cotangents[index] = undefined;
        drop(cotangent);
      }
    }
  } finally {
    // What is left (the leaves', or everything after an exception) belongs to the scope around.
    for (const cotangents of labels) for (const left of cotangents) if (left !== undefined) enlist(left);
  }
  return labels;
}

/** Adds Jᵀ·cotangent with respect to input i to what the input's node has; everything else made here is freed. */
function contribute(node: Node, cotangent: Tensor, i: number, cotangents: Cotangents, parent: number): void {
  const { vjp } = node.op;
  if (vjp === 'zero') return;
  const before = cotangents[parent];
  const frame = openFrame();
  try {
    const term = vjp(node, cotangent, i);
    if (term === undefined) return;
    const total = before === undefined ? term : apply(registry.add, [before, term], {});
    // A rule may hand a tensor through that is not its own: then the table takes another on the same memory.
    cotangents[parent] = unlist(total) ? total : alias(total);
  } finally {
    closeFrame(frame, isHeld);
  }
  if (before !== undefined) drop(before);
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
