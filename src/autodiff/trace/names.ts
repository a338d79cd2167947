// Names that a program gives to nodes of the graph, for hooks, drawings and anomalies.
import type { GraphNode, Tensor } from '../../tensor/tensor.ts';

const names = new WeakMap<GraphNode, string>();

/**
 * Gives the node of x a name, for errors and drawings, and returns x itself. Where no transform tracks x there is no node and nothing to
 * name.
 * @param x a tensor of any shape, inside a differentiated function
 * @example
 * ```ts
 * import { drawGraph, exp, named, tensor, vjp } from 'gradsplit/autodiff';
 * const { value } = vjp(({ x }) => named(exp(x), 'rate'), { x: tensor([1]) });
 * drawGraph(value, 'dot').includes('rate'); // → true
 * ```
 */
export function named(x: Tensor, name: string): Tensor {
  if (x.node !== undefined) names.set(x.node, name);
  return x;
}

/** The name given to a node; undefined if none was. */
export function nameOf(node: GraphNode): string | undefined {
  return names.get(node);
}
