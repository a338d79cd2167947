// Reverse mode: the cotangent of the output flows back to the leaves, x̄ = Σ Jᵀ·ȳ over the ops that used x.
// Ids ascend in the order of computation, so that descending through them reaches a node after everything that used it.
import { inFrame } from '../../tensor/frame.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { hooked } from '../inspect/hooks.ts';
import { enterBackward, leaveBackward } from '../trace/anomaly.ts';
import { type Graph, indexIn } from '../trace/graph.ts';
import { isRecorded, type Node, nodeOf } from '../trace/node.ts';
import { traceInputs } from '../trace/trace.ts';
import { accumulate, handOver, own, release } from './cotangents.ts';

/** A cotangent for every leaf, by its index; undefined where nothing flows. */
export type Cotangents = readonly (Tensor | undefined)[];

/** What the sweep shows of itself: called on every node it reaches, with the finished cotangent of its output. */
export type Visit = (node: Node, cotangent: Tensor) => void;

/** Takes Jᵀ·ȳ with respect to input i, made in the innermost frame. */
type Add = (i: number, term: Tensor) => void;

/**
 * The cotangents of the leaves. That of a node is freed as soon as it has been passed on (unless an outer transform recorded
 * it), so that memory holds only the front of the sweep.
 * @param output the node to begin at; nothing flows from one outside the graph
 * @param seed its cotangent, which stays the caller's
 * @param label what hooks are told
 */
export function sweep(
  graph: Graph,
  output: Node | undefined,
  seed: Tensor,
  label: string,
  visit?: Visit,
): Cotangents {
  const cotangents = new Array<Tensor | undefined>(graph.nodes.length).fill(undefined);
  const top = indexIn(graph, output);
  try {
    if (top >= 0) inFrame(() => (cotangents[top] = own(seed)));
    for (let index = top; index >= 0; index--) {
      const node = graph.nodes[index];
      if (node === undefined || cotangents[index] === undefined) continue;
      cotangents[index] = afterHooks(node, cotangents[index]!, label);
      if (index < graph.leaves) continue;
      const cotangent = cotangents[index]!;
      visit?.(node, cotangent);
      const parents = node.parents.map((parent) => indexIn(graph, parent));
      const wanted = parents.flatMap((parent, i) => (parent < 0 ? [] : [i]));
      pull(node, cotangent, label, wanted, (i, term) => {
        cotangents[parents[i]!] = accumulate(cotangents[parents[i]!], term);
      });
      cotangents[index] = undefined;
      release(cotangent);
    }
    return cotangents.slice(0, graph.leaves);
  } finally {
    // What is left (the leaves', or everything after an exception) belongs to the scope around.
    for (const cotangent of cotangents) if (cotangent !== undefined) handOver(cotangent);
  }
}

/** Hands Jᵀ·ȳ of every wanted input to `add`: by the op's rule, or by its composition if that will be differentiated again. */
export function pull(
  node: Node,
  cotangent: Tensor,
  label: string,
  wanted: readonly number[],
  add: Add,
): void {
  const { vjp: rule, decompose } = node.op;
  if (rule === 'zero') return;
  const around = enterBackward(node);
  try {
    if (rule === 'recompute' || (decompose !== undefined && [cotangent, ...node.inputs].some(isRecorded))) {
      inFrame(() => {
        const { result, leaves, graph } = traceInputs(node, wanted);
        const terms = sweep(graph, nodeOf(result), cotangent, label);
        for (const i of wanted) {
          const term = terms[indexIn(graph, leaves[i])];
          if (term !== undefined) add(i, term);
        }
      });
    } else {
      for (const i of wanted) {
        inFrame(() => {
          const term = rule(node, cotangent, i);
          if (term !== undefined) add(i, term);
        });
      }
    }
  } finally {
    leaveBackward(around);
  }
}

function afterHooks(node: Node, cotangent: Tensor, label: string): Tensor {
  const after = hooked(node, cotangent, label);
  if (after === cotangent) return cotangent;
  const owned = own(after);
  release(cotangent);
  return owned;
}
