// The index arrays that statements over any field read from a trajectory graph; each is made once for a graph.
import { memoised } from '../../base/memoised.ts';
import type { Component } from '../../policy/component.ts';
import type { Layer, TrajectoryGraph } from '../../policy/graph.ts';

/** The node at which every edge starts, counted over the whole graph [edges]. */
export const edgeNodes: (graph: TrajectoryGraph) => Int32Array = memoised((graph) => {
  const nodes = new Int32Array(graph.edges);
  for (const { nodeStart, edgeStart, source } of graph.layers) {
    for (const [e, n] of source.entries()) nodes[edgeStart + e] = nodeStart + n;
  }
  return nodes;
});

/** The number of the layer of every edge [edges]: the index of its token in a trajectory. */
export const edgeLayers: (graph: TrajectoryGraph) => Int32Array = memoised((graph) => {
  const layers = new Int32Array(graph.edges);
  for (const [index, { edgeStart, source }] of graph.layers.entries()) {
    layers.fill(index, edgeStart, edgeStart + source.length);
  }
  return layers;
});

/** The edges of the layers that are kept, in order. */
export function edgesWhere(
  graph: TrajectoryGraph,
  keep: (layer: Layer, index: number) => boolean,
): Int32Array {
  const layers = edgeLayers(graph);
  const kept = graph.layers.map(keep);
  return Int32Array.from({ length: graph.edges }, (_, e) => e).filter((e) => kept[layers[e]!]!);
}

/** 1 on the edges of the layers that are kept, 0 elsewhere [edges]. */
export function edgeMask(graph: TrajectoryGraph, keep: (layer: Layer, index: number) => boolean): Int32Array {
  const layers = edgeLayers(graph);
  const kept = graph.layers.map(keep);
  return layers.map((layer) => (kept[layer]! ? 1 : 0));
}

/** Whether a layer holds the tokens of a component. */
export const isOf =
  (component: Component): ((layer: Layer) => boolean) =>
  (layer) =>
    layer.component === component;

/** The number of tokens |o| of every trajectory [leaves]. */
export const leafLengths: (graph: TrajectoryGraph) => Int32Array = memoised((graph) => {
  const lengths = new Int32Array(graph.leaves);
  for (const [index, { leafStart, terminal }] of graph.layers.entries()) {
    lengths.fill(index + 1, leafStart, leafStart + terminal.length);
  }
  return lengths;
});

/** The row of every slot in the table of a policy [slots], and the number of rows: V slots a sample row, two a decision row. */
export const slotRows: (graph: TrajectoryGraph) => { readonly row: Int32Array; readonly rows: number } =
  memoised(({ slots, sampleSlots, vocabulary }) => {
    const sampleRows = sampleSlots / vocabulary;
    const row = Int32Array.from({ length: slots }, (_, slot) =>
      slot < sampleSlots ? Math.floor(slot / vocabulary) : sampleRows + Math.floor((slot - sampleSlots) / 2),
    );
    return { row, rows: sampleRows + (slots - sampleSlots) / 2 };
  });
