// Names that a program gives to nodes of the graph, for hooks, drawings and anomalies.
import type { GraphNode, Tensor } from '../../tensor/tensor.ts';

const names = new WeakMap<GraphNode, string>();

/**
 * x itself; from now on its node goes by this name. Where no transform tracks x there is no node, and nothing to name.
 * @param x a tensor of any shape, inside a differentiated function
 */
export function named(x: Tensor, name: string): Tensor {
  if (x.node !== undefined) names.set(x.node, name);
  return x;
}

/** The name given to a node; undefined if none was. */
export function nameOf(node: GraphNode): string | undefined {
  return names.get(node);
}
