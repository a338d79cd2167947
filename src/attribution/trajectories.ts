// Enumerates the token paths of the trajectories of a tree.
import type { TrajectoryGraph } from '../policy/graph.ts';

/** Finds the edge that leads to each node [nodes] of a tree; it is −1 at the root. */
function incomingEdges(graph: TrajectoryGraph): Int32Array {
  const incoming = new Int32Array(graph.nodes).fill(-1);
  for (const { nodeStart, nodes, edgeStart, continuing, target } of graph.layers) {
    for (const [i, edge] of continuing.entries()) incoming[nodeStart + nodes + target[i]!] = edgeStart + edge;
  }
  return incoming;
}

/** Calls `visit` with the edges [tokens] of every trajectory of a tree, first token first. The array is reused. */
export function forEachTrajectory(
  graph: TrajectoryGraph,
  visit: (leaf: number, path: Int32Array) => void,
): void {
  const incoming = incomingEdges(graph);
  for (const [depth, layer] of graph.layers.entries()) {
    const path = new Int32Array(depth + 1).fill(-1);
    for (let i = 0; i < layer.terminal.length; i++) {
      const last = layer.terminal[i]!;
      path[depth] = layer.edgeStart + last;
      for (let t = depth, local = last; t > 0; t--) {
        const at = graph.layers[t]!;
        const edge = incoming[at.nodeStart + at.source[local]!]!;
        // Only one path leads to a node of a tree, so the rest of the path is that of the leaf before.
        if (path[t - 1] === edge) break;
        path[t - 1] = edge;
        local = edge - graph.layers[t - 1]!.edgeStart;
      }
      visit(layer.leafStart + i, path);
    }
  }
}
