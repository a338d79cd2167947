// The trajectories of a policy as a layered graph of history classes: a full tree when every history is its own class,
// a narrow graph when histories that behave alike share one (the padding construction). Every path from the root visits
// the layers in order, so that the layer of a token is its index in the trajectory.
import type { Component } from './component.ts';

/** One layer of a graph: the table of logits in which its nodes have rows, and where its edges go. */
export interface Layer {
  readonly component: Component;
  /** Attempt the token belongs to, from 0. */
  readonly attempt: number;
  /** Actions per node: V, or 2 (STOP, RESAMPLE). */
  readonly arity: number;
  /** Number of nodes; node n of the layer owns edges n·arity … (n + 1)·arity − 1 of the layer. */
  readonly nodes: number;
  /** Nodes, edges and leaves in the layers before this one. */
  readonly nodeStart: number;
  readonly edgeStart: number;
  readonly leafStart: number;
  /** [edges] the node an edge leaves. */
  readonly source: Int32Array;
  /** [continuing] edges that go on. */
  readonly continuing: Int32Array;
  /** [continuing] nodes of the next layer they lead to. */
  readonly target: Int32Array;
  /** [leaves of the layer] edges that end the episode, in the order of the leaves. */
  readonly terminal: Int32Array;
  /** [edges] index into (values of the next layer's nodes, then values of this layer's leaves). */
  readonly successor: Int32Array;
}

/** A compiled trajectory graph. */
export interface TrajectoryGraph {
  readonly layers: readonly Layer[];
  readonly nodes: number;
  readonly edges: number;
  readonly leaves: number;
  /** Length of the table of logits: sample rows (arity V) first, then decision rows (arity 2). */
  readonly slots: number;
  readonly sampleSlots: number;
  readonly vocabulary: number;
  /** [edges] entry of the table an edge's logit stands in. */
  readonly slot: Int32Array;
}

/** What `compileGraph` needs of a layer; target −1 ends the episode. */
export interface LayerSpec {
  readonly component: Component;
  readonly attempt: number;
  readonly arity: number;
  readonly nodes: number;
  /** Table row of a node (among rows of its component). */
  readonly row: (node: number) => number;
  /** Node of the next layer an action leads to, or −1. */
  readonly next: (node: number, action: number) => number;
}

/**
 * Compiles layers, from first to last, to index arrays.
 * @param sampleRows rows of the table of sample logits
 * @param decisionRows rows of the table of decision logits
 */
export function compileGraph(
  specs: readonly LayerSpec[],
  vocabulary: number,
  sampleRows: number,
  decisionRows: number,
): TrajectoryGraph {
  const sampleSlots = sampleRows * vocabulary;
  const edges = specs.reduce((n, spec) => n + spec.nodes * spec.arity, 0);
  const slot = new Int32Array(edges);
  const layers: Layer[] = [];
  let nodeStart = 0;
  let edgeStart = 0;
  let leafStart = 0;
  specs.forEach((spec, index) => {
    const layerEdges = spec.nodes * spec.arity;
    const nextNodes = specs[index + 1]?.nodes ?? 0;
    const source = new Int32Array(layerEdges);
    const successor = new Int32Array(layerEdges);
    let leaves = 0;
    for (let edge = 0; edge < layerEdges; edge++) {
      const node = Math.floor(edge / spec.arity);
      const action = edge - node * spec.arity;
      const base = spec.component === 'sample' ? 0 : sampleSlots;
      source[edge] = node;
      slot[edgeStart + edge] = base + spec.row(node) * spec.arity + action;
      const next = spec.next(node, action);
      successor[edge] = next >= 0 ? next : nextNodes + leaves++;
    }
    const continuing = new Int32Array(layerEdges - leaves);
    const terminal = new Int32Array(leaves);
    for (let edge = 0, c = 0, t = 0; edge < layerEdges; edge++) {
      if (successor[edge]! < nextNodes) continuing[c++] = edge;
      else terminal[t++] = edge;
    }
    const target = continuing.map((edge) => successor[edge]!);
    const { component, attempt, arity, nodes } = spec;
    const at = { nodeStart, edgeStart, leafStart };
    layers.push({ component, attempt, arity, nodes, ...at, source, continuing, target, terminal, successor });
    nodeStart += nodes;
    edgeStart += layerEdges;
    leafStart += leaves;
  });
  return {
    layers,
    nodes: nodeStart,
    edges: edgeStart,
    leaves: leafStart,
    slots: sampleSlots + decisionRows * 2,
    sampleSlots,
    vocabulary,
    slot,
  };
}
