// The trajectories of a policy as a layered graph of history classes: a full tree if every history is its own class,
// a narrow graph if histories that behave alike share one (the padding construction). Every path from the root visits
// the layers in order, so that the layer of a token is its index in the trajectory.
import type { Component } from './component.ts';

/** One layer of a graph: the component whose table of logits has the rows of its nodes, and the targets of its edges. */
export interface Layer {
  readonly component: Component;
  /** The attempt to which the token belongs, counted from 0. */
  readonly attempt: number;
  /** The number of actions per node: V, or 2 (STOP, RESAMPLE). */
  readonly arity: number;
  /** The number of nodes; node n of the layer has the edges n·arity … (n + 1)·arity − 1 of the layer. */
  readonly nodes: number;
  /** The numbers of nodes, edges and leaves in the layers before this one. */
  readonly nodeStart: number;
  readonly edgeStart: number;
  readonly leafStart: number;
  /** The node of this layer at which each edge starts [edges]. */
  readonly source: Int32Array;
  /** The edges after which the episode continues [continuing]. */
  readonly continuing: Int32Array;
  /** The nodes of the next layer to which those edges lead [continuing]. */
  readonly target: Int32Array;
  /** The edges that end the episode, in the order of the leaves [leaves of the layer]. */
  readonly terminal: Int32Array;
  /** The index of each edge's end [edges] in the list of the next layer's nodes, followed by this layer's leaves. */
  readonly successor: Int32Array;
}

/** A compiled trajectory graph: its layers, and how many nodes, edges, leaves and logits they have in all. */
export interface TrajectoryGraph {
  readonly layers: readonly Layer[];
  readonly nodes: number;
  readonly edges: number;
  readonly leaves: number;
  /** The length of the table of logits: sample rows (arity V) first, then decision rows (arity 2). */
  readonly slots: number;
  readonly sampleSlots: number;
  readonly vocabulary: number;
  /** The index of each edge's logit in the table [edges]. */
  readonly slot: Int32Array;
}

/** The description of a layer from which `compileGraph` compiles it. */
export interface LayerSpec {
  readonly component: Component;
  readonly attempt: number;
  readonly arity: number;
  readonly nodes: number;
  /** Gives the row of a node in the table of its component. */
  readonly row: (node: number) => number;
  /** Gives the node of the next layer to which an action leads, or −1 if it ends the episode. */
  readonly next: (node: number, action: number) => number;
}

/**
 * Compiles layers, from first to last, to the index arrays of a graph.
 * @param sampleRows the number of rows of the table of sample logits
 * @param decisionRows the number of rows of the table of decision logits
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
