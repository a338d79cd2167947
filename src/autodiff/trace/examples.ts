// Inside vmap a tensor stands for n tensors of its shape that lie stacked in its memory: functions see the shape of one
// example, `apply` computes on the stack. Runs of vmap nest; every run is a batch of its own.
import { InputError } from '../../base/errors.ts';
import type { GraphNode, Tensor } from '../../tensor/tensor.ts';
import type { BatchRule } from './op.ts';

/** One run of vmap. */
export interface Batch {
  /** The level that vmap runs at (see tensor/level.ts). */
  readonly level: number;
  /** Number of examples n. */
  readonly count: number;
  /** What serves ops without a batch rule. */
  readonly oneByOne: BatchRule<unknown>;
  /** False once vmap has returned. */
  open: boolean;
}

/** What a tensor of the shape of one example knows of the stack [n, …shape] in its memory. */
export interface ExampleLink {
  readonly batch: Batch;
  /** Node of the stack in the graph of a transform around vmap. */
  readonly node: GraphNode | undefined;
  /** The stack may itself be an example to a vmap around this one. */
  readonly outer: ExampleLink | undefined;
}

function linkOf(tensor: Tensor): ExampleLink | undefined {
  // Only this module makes links.
  return tensor.exampleOf as ExampleLink | undefined;
}

/** The innermost batch that one of the tensors is an example of; undefined outside vmap. */
export function innermostBatch(tensors: readonly Tensor[]): Batch | undefined {
  let innermost: Batch | undefined;
  for (const tensor of tensors) {
    const batch = linkOf(tensor)?.batch;
    if (batch !== undefined && (innermost === undefined || batch.level > innermost.level)) innermost = batch;
  }
  return innermost;
}

/** Is the tensor an example of this batch, or the same for all of it? */
export function isExample(tensor: Tensor, batch: Batch): boolean {
  return tensor.exampleOf !== undefined && linkOf(tensor)!.batch === batch;
}

/** A stack [n, …shape], seen as one example of the batch. */
export function asExample(stack: Tensor, batch: Batch): Tensor {
  const example = stack.share(stack.shape.slice(1), stack.origin);
  const link: ExampleLink = { batch, node: stack.node, outer: linkOf(stack) };
  example.exampleOf = link;
  return example;
}

/** The stack [n, …shape] of an example. */
export function stackOf(example: Tensor): Tensor {
  const { batch, node, outer } = linkOf(example)!;
  const stack = example.share([batch.count, ...example.shape], example.origin);
  stack.exampleOf = outer;
  stack.node = node;
  return stack;
}

/**
 * What a batch rule gets of an input: the stack of an example; of what is the same for all, the tensor without what
 * transforms inside vmap, who look at examples, recorded about it.
 * @throws InputError if the vmap that made the tensor has returned
 */
export function stackOrSame(input: Tensor, batch: Batch): Tensor {
  if (!batch.open) {
    throw new InputError(`vmap: the tensor made by ${input.origin} was used after vmap had returned`);
  }
  if (isExample(input, batch)) return stackOf(input);
  return input.node !== undefined && input.node.level > batch.level
    ? input.share(input.shape, input.origin)
    : input;
}

/** Does the graph of a running transform hold the tensor, or a stack behind it? `running`: the current level. */
export function isTracked(tensor: Tensor, running: number): boolean {
  if (tensor.node !== undefined && tensor.node.level <= running) return true;
  for (let link = linkOf(tensor); link !== undefined; link = link.outer) {
    if (link.node !== undefined && link.node.level <= running) return true;
  }
  return false;
}
