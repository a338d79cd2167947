// The reverse sweep: cotangents, one per label, flow from the output to the leaves in one pass over the nodes.
import { registry } from '../ops/registry.ts';
import { closeFrame, isHeld, openFrame } from '../tensor/frame.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { apply } from './apply.ts';
import { type Graph, indexIn } from './graph.ts';
import type { Node } from './node.ts';

/** Cotangents of one label by index of the node; undefined where nothing flows. */
export type Cotangents = (Tensor | undefined)[];

/** What the sweep shows of itself: called on every node it reaches, with the finished cotangent of its output. */
export type Visit = (node: Node, cotangent: Tensor) => void;

/**
 * x̄ = Σ over the ops that used x of Jᵀ·ȳ, ids descending. A cotangent is freed once its node has been passed, unless an
 * outer transform recorded it: memory holds the front of the sweep only.
 * @param seeds one cotangent of the output per label
 * @returns cotangents per label; those of the leaves stay, at index 0 … graph.leaves − 1
 */
export function reverseSweep(
  graph: Graph,
  output: Node | undefined,
  seeds: readonly Tensor[],
  visit?: Visit,
): Cotangents[] {
  const top = indexIn(graph, output);
  const labels = seeds.map((seed) => {
    const cotangents: Cotangents = new Array<Tensor | undefined>(graph.nodes.length).fill(undefined);
    if (top >= 0) cotangents[top] = alias(seed);
    return cotangents;
  });
  for (let index = top; index >= 0; index--) {
    const node = graph.nodes[index];
    if (node === undefined) continue;
    for (const cotangents of labels) {
      const cotangent = cotangents[index];
      if (cotangent === undefined) continue;
      visit?.(node, cotangent);
      if (index < graph.leaves) continue;
      for (let i = 0; i < node.parents.length; i++) {
        const parent = indexIn(graph, node.parents[i]);
        if (parent >= 0) contribute(node, cotangent, i, cotangents, parent);
      }
      drop(cotangent);
      cotangents[index] = undefined;
    }
  }
  return labels;
}

/** Adds Jᵀ·cotangent with respect to input i to what its node has; intermediate results are freed. */
function contribute(node: Node, cotangent: Tensor, i: number, cotangents: Cotangents, parent: number): void {
  const { vjp } = node.op;
  if (vjp === 'zero') return;
  const before = cotangents[parent];
  let total: Tensor | undefined;
  const frame = openFrame();
  try {
    total = vjp(node, cotangent, i);
    if (total !== undefined && before !== undefined) total = apply(registry.add, [before, total], {});
  } finally {
    closeFrame(frame, (member) => member === total || isHeld(member));
  }
  if (total === undefined) return;
  // A rule may hand the cotangent through; the table owns what it holds, so that it can free it.
  cotangents[parent] = frame.members.includes(total) ? total : alias(total);
  if (before !== undefined) drop(before);
}

/** Another tensor on the same memory with the same place in the graph. */
function alias(tensor: Tensor): Tensor {
  const other = tensor.share(tensor.shape, tensor.origin);
  other.node = tensor.node;
  return other;
}

function drop(cotangent: Tensor): void {
  if (!isHeld(cotangent)) cotangent.dispose();
}
