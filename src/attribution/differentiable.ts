// The second, independent way to every gradient: the same expectations written in ops of the autodiff engine.
// Nothing here uses a closed form of a gradient; the engine differentiates.
import {
  add,
  concat,
  exp,
  gather,
  indices,
  logSoftmax,
  mul,
  reshape,
  scatterAdd,
  slice,
  sum,
  type Tensor,
  tensor,
} from '../autodiff/index.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';

/** A trajectory graph whose index arrays are i32 tensors, with the shapes that `TrajectoryGraph` and `Layer` state. */
export interface DifferentiableGraph {
  readonly graph: TrajectoryGraph;
  readonly slot: Tensor;
  readonly layers: readonly {
    readonly edgeStart: number;
    readonly edgeEnd: number;
    readonly leafStart: number;
    readonly leafEnd: number;
    readonly nextNodes: number;
    readonly source: Tensor;
    readonly continuing: Tensor;
    readonly target: Tensor;
    readonly terminal: Tensor;
  }[];
}

/** Copies the index arrays of a graph into tensors of the current scope. */
export function differentiable(graph: TrajectoryGraph): DifferentiableGraph {
  return {
    graph,
    slot: indices(graph.slot),
    layers: graph.layers.map((layer, i) => ({
      edgeStart: layer.edgeStart,
      edgeEnd: layer.edgeStart + layer.source.length,
      leafStart: layer.leafStart,
      leafEnd: layer.leafStart + layer.terminal.length,
      nextNodes: graph.layers[i + 1]?.nodes ?? 0,
      source: indices(layer.source),
      continuing: indices(layer.continuing),
      target: indices(layer.target),
      terminal: indices(layer.terminal),
    })),
  };
}

/** Computes log π(a|h) of every edge from the logits: [sampleSlots] and [decisionSlots] → [edges]. */
export function edgeLogProbTensor(
  { graph, slot }: DifferentiableGraph,
  sample: Tensor,
  decision: Tensor,
): Tensor {
  const rows = (logits: Tensor, arity: number): Tensor =>
    reshape(logSoftmax(reshape(logits, [logits.size / arity, arity])), [logits.size]);
  return gather(concat([rows(sample, graph.vocabulary), rows(decision, 2)], 0), slot);
}

/** Computes ρ(h)·π(a|h) of every edge from log π(a|h), layer by layer: [edges] → [edges]. */
export function reachTensor({ layers }: DifferentiableGraph, logProb: Tensor): Tensor {
  const parts: Tensor[] = [];
  let occupancy = tensor([1]);
  for (const layer of layers) {
    const prob = exp(slice(logProb, [layer.edgeStart], [layer.edgeEnd]));
    const reach = mul(gather(occupancy, layer.source), prob);
    parts.push(reach);
    occupancy = scatterAdd(gather(reach, layer.continuing), layer.target, layer.nextNodes);
  }
  return concat(parts, 0);
}

/** Computes the expectation of a value `leaf` [leaves]: the sum of reach · value over the terminal edges. */
export function expectedLeaf({ layers }: DifferentiableGraph, reach: Tensor, leaf: Tensor): Tensor {
  let total = tensor(0);
  for (const layer of layers) {
    if (layer.leafEnd === layer.leafStart) continue;
    const ends = gather(slice(reach, [layer.edgeStart], [layer.edgeEnd]), layer.terminal);
    total = add(total, sum(mul(ends, slice(leaf, [layer.leafStart], [layer.leafEnd]))));
  }
  return total;
}

/** Computes E Σ_t value_t for a `value` [edges]: the sum of reach · value over all edges. */
export function expectedEdges(reach: Tensor, value: Tensor): Tensor {
  return sum(mul(reach, value));
}
