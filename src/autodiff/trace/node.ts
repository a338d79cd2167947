// The graph: one node per recorded op, linked to the nodes of its inputs. Kept alive by the tensors that carry it.
import { currentLevel, NO_LEVEL } from '../../tensor/level.ts';
import type { GraphNode, Tensor } from '../../tensor/tensor.ts';
import { isTracked } from './examples.ts';
import type { Op, Primal } from './op.ts';

/** A recorded op. */
export interface Node extends GraphNode, Primal<unknown> {
  readonly op: Op<unknown>;
  /** Nodes of the inputs; undefined where an input is not tracked. */
  readonly parents: readonly (Node | undefined)[];
}

let lastId = 0;

/** The node of a tensor that is tracked. */
export function nodeOf(tensor: Tensor): Node | undefined {
  // Only this module makes nodes, so that every GraphNode is a Node.
  return tensor.node as Node | undefined;
}

/** Whether a transform that is still running will differentiate what is made of this tensor. */
export function isRecorded(tensor: Tensor): boolean {
  return isTracked(tensor, currentLevel());
}

/** The smallest level among the inputs' nodes; NO_LEVEL if none is tracked. */
function levelOf(inputs: readonly Tensor[]): number {
  let level = NO_LEVEL;
  for (const input of inputs) {
    if (input.node !== undefined && input.node.level < level) level = input.node.level;
  }
  return level;
}

/** Records an op if a running transform needs it: the level of an input is that of a transform still running. */
export function record(
  op: Op<unknown>,
  inputs: readonly Tensor[],
  attributes: unknown,
  output: Tensor,
): void {
  const running = currentLevel();
  // Directly inside vmap nobody looks at examples: transforms around it see the stacks.
  if (running === 0 || running === output.exampleOf?.batch.level) return;
  const level = levelOf(inputs);
  if (level <= running) attach(op, inputs, attributes, output, level);
}

/** Records a parameter of the innermost transform: always, and at its level unless an outer one tracks it already. */
export function recordLeaf(op: Op<unknown>, parameter: Tensor, output: Tensor): Node {
  return attach(op, [parameter], {}, output, Math.min(currentLevel(), levelOf([parameter])));
}

function attach(
  op: Op<unknown>,
  inputs: readonly Tensor[],
  attributes: unknown,
  output: Tensor,
  level: number,
): Node {
  lastId++;
  const parents = inputs.map(nodeOf);
  const node: Node = { id: lastId, level, op, inputs, parents, attributes, output };
  output.node = node;
  hold(output, level);
  for (const input of inputs) hold(input, level);
  return node;
}

/** The graph of the transform at `level` needs this tensor: scopes inside that transform must not free it. */
function hold(tensor: Tensor, level: number): void {
  if (level < tensor.held) tensor.held = level;
}
