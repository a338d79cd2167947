// The part of the graph that lies between the parameters of one transform and its outputs.
import type { Tensor } from '../../tensor/tensor.ts';
import { type Node, nodeOf } from './node.ts';

/** Nodes by `id − first`; undefined where a node does not depend on the leaves or the outputs not on it. */
export interface Graph {
  /** Id of the first leaf; leaves have consecutive ids. */
  readonly first: number;
  readonly leafCount: number;
  readonly nodes: readonly (Node | undefined)[];
}

/** Index of a node in the graph; −1 if it is not part of it. */
export function indexIn(graph: Graph, node: Node | undefined): number {
  if (node === undefined || node.id < graph.first) return -1;
  const index = node.id - graph.first;
  return graph.nodes[index] === undefined ? -1 : index;
}

/**
 * Walks back from the outputs, never behind the leaves: what is older than they are cannot depend on them. A walk with a
 * list of open nodes, not a recursion, so that the depth of the graph does not matter.
 */
export function graphBetween(leaves: readonly Node[], outputs: readonly Tensor[]): Graph {
  const first = leaves[0]?.id ?? Number.POSITIVE_INFINITY;
  const open = outputs.map(nodeOf).filter((node) => node !== undefined && node.id >= first) as Node[];
  const last = open.reduce((id, node) => Math.max(id, node.id), first - 1);
  const nodes = new Array<Node | undefined>(leaves.length === 0 ? 0 : last - first + 1).fill(undefined);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (nodes[node.id - first] !== undefined) continue;
    nodes[node.id - first] = node;
    for (const parent of node.parents) {
      if (parent !== undefined && parent.id >= first) open.push(parent);
    }
  }
  const graph = { first, leafCount: leaves.length, nodes };
  // Parents come before children: one ascending pass drops what does not depend on a leaf.
  for (let index = leaves.length; index < nodes.length; index++) {
    if (nodes[index]?.parents.every((parent) => indexIn(graph, parent) < 0)) nodes[index] = undefined;
  }
  return graph;
}

/** Which nodes depend on the one of this index, by their own: 1 if they do. */
export function dependents(graph: Graph, of: number): Uint8Array {
  const found = new Uint8Array(graph.nodes.length);
  if (of >= 0) found[of] = 1;
  for (let index = graph.leafCount; index < found.length; index++) {
    const parents = graph.nodes[index]?.parents ?? [];
    if (parents.some((parent) => found[indexIn(graph, parent)] === 1)) found[index] = 1;
  }
  return found;
}
