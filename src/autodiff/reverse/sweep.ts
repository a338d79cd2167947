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

/** For the rounding analysis of gradcheck: called on every node the sweep reaches, but not inside decompositions. */
export type Visit = (node: Node, cotangent: Tensor) => void;

/** Takes Jᵀ·ȳ with respect to input i, made in the innermost frame. */
type Add = (i: number, term: Tensor) => void;

/**
 * The cotangents of the leaves. That of a node is freed as soon as it has been passed on (if an outer transform
 * recorded it, it goes to the surrounding scope instead), so that memory holds only the front of the sweep.
 * @param from the node to begin at; nothing flows from one outside the graph
 * @param seed its cotangent, which stays the caller's
 * @param label what hooks are told
 */
export function sweep(
  graph: Graph,
  from: Node | undefined,
  seed: Tensor,
  label: string,
  visit?: Visit,
): Cotangents {
  const cotangents = new Array<Tensor | undefined>(graph.nodes.length).fill(undefined);
  const start = indexIn(graph, from);
  try {
    if (start >= 0) inFrame(() => (cotangents[start] = own(seed)));
    for (let index = start; index >= 0; index--) {
      const node = graph.nodes[index];
      if (node === undefined || cotangents[index] === undefined) continue;
      cotangents[index] = withHooks(node, cotangents[index]!, label);
      if (index < graph.leafCount) continue;
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
    return cotangents.slice(0, graph.leafCount);
  } finally {
    // The leaves' cotangents, or after an exception all that are left, now belong to the surrounding scope.
    for (const cotangent of cotangents) if (cotangent !== undefined) handOver(cotangent);
  }
}

/**
 * Calls `add` with Jᵀ·ȳ for every wanted input: by the op's rule; or, if the rule is `recompute` or the result will be
 * differentiated again, by a sweep over its composition.
 */
export function pull(
  node: Node,
  cotangent: Tensor,
  label: string,
  wanted: readonly number[],
  add: Add,
): void {
  const { vjp: rule, decompose } = node.op;
  if (rule === 'zero') return;
  const outerNode = enterBackward(node);
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
    leaveBackward(outerNode);
  }
}

function withHooks(node: Node, cotangent: Tensor, label: string): Tensor {
  const after = hooked(node, cotangent, label);
  if (after === cotangent) return cotangent;
  const owned = own(after);
  release(cotangent);
  return owned;
}
