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
    const { result, leaves, graph } = trace('jvp', f, parameters);
    const swept = forwardSweep(graph, leaves, tangents);
    const tangentOf = (output: Tensor): Tensor => {
      const index = indexIn(graph, nodeOf(output));
      const tangent = index < 0 ? undefined : swept[index];
      // As a tensor of its own: f may hand a parameter through, whose tangent belongs to the caller.
      return tangent === undefined
        ? zeros(output.shape, output.dtype)
        : apply(registry.identity, [tangent], {});
    };
    const tangent = result instanceof Tensor ? tangentOf(result) : mapGroups(result as Parameters, tangentOf);
    return { value: result, tangent: tangent as T };
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
