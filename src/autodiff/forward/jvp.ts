// Forward mode: tangents flow from the leaves to the outputs, ids ascending, by the jvp rules of the recorded ops.
import { InputError } from '../../base/errors.ts';
import { registry } from '../../ops/registry.ts';
import { closeFrame, isHeld, openFrame } from '../../tensor/frame.ts';
import { scope } from '../../tensor/scope.ts';
import { Tensor, zeros } from '../../tensor/tensor.ts';
import { apply } from '../trace/apply.ts';
import { type Graph, indexIn } from '../trace/graph.ts';
import { type Node, nodeOf } from '../trace/node.ts';
import { checkDirection, mapGroups, type Parameters } from '../trace/parameters.ts';
import { trace, traceInputs } from '../trace/trace.ts';

/** A function at one point: its value there, and its derivative along any direction. */
export interface Linearised<T extends Tensor | Parameters> {
  readonly value: T;
  /**
   * J·tangents.
   * @param tangents of some parameters, each of its parameter's type and shape; those left out do not move
   * @throws ShapeError if a tangent does not fit its parameter, naming the parameter; InputError for a tangent of none
   */
  push(tangents: Parameters): T;
}

/**
 * Runs f once, for derivatives along several directions in forward mode. What f computed lives until the scope around ends.
 * Source: the idea is that of JAX's `linearize` (Bradbury et al. 2018).
 * @param f from a record of tensors to a tensor or a record of tensors
 * @throws InputError as `vjp`
 * @example
 * ```ts
 * import { linearise, mul, scope, tensor } from 'gradsplit/autodiff';
 * const tangents = scope(() => {
 *   const { push } = linearise(({ x, y }) => mul(x, y), { x: tensor([1, 2]), y: tensor([3, 4]) });
 *   return [push({ x: tensor([1, 1]) }), push({ y: tensor([1, 0]) })];
 * });
 * tangents.map((tangent) => [...tangent.readSync()]); // → [[3, 4], [1, 0]]
 * ```
 */
export function linearise<P extends Parameters, T extends Tensor | Parameters>(
  f: (parameters: P) => T,
  parameters: P,
): Linearised<T> {
  return linearised('linearise', f, parameters);
}

function linearised<P extends Parameters, T extends Tensor | Parameters>(
  transform: string,
  f: (parameters: P) => T,
  parameters: P,
): Linearised<T> {
  const { result, leaves, graph } = trace(transform, f, parameters);
  const push = (tangents: Parameters): T => {
    for (const [key, tangent] of Object.entries(tangents)) {
      const of = `parameter "${key}"`;
      const parameter = parameters[key];
      if (parameter === undefined) throw new InputError(`${transform}: there is no ${of}`);
      checkDirection(`${transform}: the tangent of ${of}`, tangent, of, parameter);
    }
    return scope(() => {
      const swept = forwardSweep(graph, leaves, tangents);
      const tangentOf = (output: Tensor): Tensor => {
        const index = indexIn(graph, nodeOf(output));
        const tangent = index < 0 ? undefined : swept[index];
        // As a tensor of its own: f may hand a parameter through, whose tangent belongs to the caller.
        return tangent === undefined
          ? zeros(output.shape, output.dtype)
          : apply(registry.identity, [tangent], {});
      };
      return (result instanceof Tensor ? tangentOf(result) : mapGroups(result as Parameters, tangentOf)) as T;
    });
  };
  return { value: result, push };
}

/**
 * Forward mode: the value of f, and J·tangents, its derivative along a direction in parameter space.
 * @param f from a record of tensors to a tensor or a record of tensors
 * @param tangents one per parameter, of its type and shape
 * @returns value and tangent, both of the shapes that f returns
 * @throws ShapeError if a tangent does not fit its parameter, naming the parameter; InputError as `vjp`
 * @example
 * ```ts
 * import { jvp, mul, tensor } from 'gradsplit/autodiff';
 * const { value, tangent } = jvp(({ x }) => mul(x, x), { x: tensor([1, 2]) }, { x: tensor([1, 1]) });
 * value.readSync(); // → [1, 4]
 * tangent.readSync(); // → [2, 4]
 * ```
 */
export function jvp<P extends Parameters, T extends Tensor | Parameters>(
  f: (parameters: P) => T,
  parameters: P,
  tangents: P,
): { value: T; tangent: T } {
  for (const [key, parameter] of Object.entries(parameters)) {
    const tangent = tangents[key];
    const of = `parameter "${key}"`;
    if (tangent === undefined) throw new InputError(`jvp: there is no tangent of ${of}`);
    checkDirection(`jvp: the tangent of ${of}`, tangent, of, parameter);
  }
  return scope(() => {
    const { value, push } = linearised('jvp', f, parameters);
    return { value, tangent: push(tangents) };
  });
}

/** ẏ = Σ_i J_i·ẋ_i at every node, by index; undefined where it is zero. */
function forwardSweep(
  graph: Graph,
  leaves: Readonly<Record<string, Node>>,
  tangents: Parameters,
): (Tensor | undefined)[] {
  const swept = new Array<Tensor | undefined>(graph.nodes.length).fill(undefined);
  for (const [key, leaf] of Object.entries(leaves)) {
    const index = indexIn(graph, leaf);
    if (index >= 0) swept[index] = tangents[key]!;
  }
  for (let index = graph.leafCount; index < swept.length; index++) {
    const node = graph.nodes[index];
    if (node !== undefined) swept[index] = pushThrough(node, graph, swept);
  }
  return swept;
}

function pushThrough(node: Node, graph: Graph, swept: readonly (Tensor | undefined)[]): Tensor | undefined {
  const { jvp: rule } = node.op;
  if (rule === 'zero') return undefined;
  let total: Tensor | undefined;
  const frame = openFrame();
  try {
    if (rule === 'recompute') total = pushThroughPrimitives(node, graph, swept);
    else
      for (let i = 0; i < node.parents.length; i++) {
        const parent = indexIn(graph, node.parents[i]);
        const tangent = parent < 0 ? undefined : swept[parent];
        const term = tangent === undefined ? undefined : rule(node, tangent, i);
        if (term !== undefined) total = total === undefined ? term : apply(registry.add, [total, term], {});
      }
  } finally {
    closeFrame(frame, (member) => member === total || isHeld(member));
  }
  return total;
}

/** By way of the op's composition; all inputs in one sweep over it. */
function pushThroughPrimitives(
  node: Node,
  graph: Graph,
  swept: readonly (Tensor | undefined)[],
): Tensor | undefined {
  const tangents: Record<string, Tensor> = {};
  for (const [i, parent] of node.parents.entries()) {
    const tangent = swept[indexIn(graph, parent)];
    if (tangent !== undefined) tangents[i] = tangent;
  }
  const inner = traceInputs(node, Object.keys(tangents).map(Number));
  const index = indexIn(inner.graph, nodeOf(inner.result));
  return index < 0 ? undefined : forwardSweep(inner.graph, inner.leaves, tangents)[index];
}
