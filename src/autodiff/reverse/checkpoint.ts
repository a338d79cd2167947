// Checkpointing: a block whose intermediate tensors are not kept for the backward pass but computed again in it.
import { InputError } from '../../base/errors.ts';
import { registry } from '../../ops/registry.ts';
import { scope } from '../../tensor/scope.ts';
import { Tensor } from '../../tensor/tensor.ts';
import { vmap } from '../batch/vmap.ts';
import { apply } from '../trace/apply.ts';
import { asExample, type Batch, innermostBatch, isExample, stackOrSame } from '../trace/examples.ts';
import { isRecorded, record } from '../trace/node.ts';
import type { Op } from '../trace/op.ts';
import type { Parameters } from '../trace/parameters.ts';

/**
 * The same function with the same derivatives, but a running transform keeps only its inputs and its output. The backward pass runs f
 * again, once for all labels that share a sweep, so f must give the same values both times. This costs one more forward pass and saves the memory of everything
 * in between. All derivatives, of any order and in both modes, go through the second run.
 * Source: Griewank and Walther 2000 (ACM TOMS 26(1)); Chen et al. 2016 (arXiv:1604.06174).
 * @param f from a record of tensors to a tensor, of any shapes; everything that it differentiates comes in as an argument
 * @throws InputError (when called) if f depends on a tracked tensor that is not among its arguments, or returns no tensor
 * @example
 * ```ts
 * import { checkpoint, exp, grad, mul, sum, tensor } from 'gradsplit/autodiff';
 * const block = checkpoint(({ x }) => exp(mul(x, x))); // x·x is not kept
 * const gradient = grad(({ x }) => sum(block({ x })))({ x: tensor([0, 1]) });
 * gradient.x.readSync(); // → [0, 5.436564]
 * ```
 */
export function checkpoint<P extends Parameters>(f: (inputs: P) => Tensor): (inputs: P) => Tensor {
  return (inputs) => {
    const keys = Object.keys(inputs);
    const tensors = Object.values(inputs);
    const onList = (list: readonly Tensor[]): Tensor =>
      f(Object.fromEntries(keys.map((key, i) => [key, list[i]!])) as P);
    const batch = innermostBatch(tensors);
    const output = batch === undefined ? unrecorded(onList, tensors) : stacked(onList, tensors, batch);
    record(blockOp(onList), tensors, {}, output);
    return output;
  };
}

function unrecorded(f: (inputs: readonly Tensor[]) => Tensor, inputs: readonly Tensor[]): Tensor {
  return scope(() => {
    // On the same memory but without nodes: nothing inside is recorded, so that the scope frees it.
    const result = f(inputs.map((x) => x.share(x.shape, 'checkpoint')));
    checkResult(result);
    return apply(registry.identity, [result], {});
  });
}

/** Inside vmap: transforms around it see a block that maps f over the stacks. */
function stacked(f: (inputs: readonly Tensor[]) => Tensor, inputs: readonly Tensor[], batch: Batch): Tensor {
  const isStack = inputs.map((input) => isExample(input, batch));
  const block = checkpoint((given: Readonly<Record<number, Tensor>>) => {
    const stacks = Object.entries(given).filter((_, i) => isStack[i]);
    const mapped = vmap((examples: Readonly<Record<number, Tensor>>) =>
      f(isStack.map((_, i) => examples[i] ?? given[i]!)),
    );
    return mapped(Object.fromEntries(stacks));
  });
  return asExample(block({ ...inputs.map((input) => stackOrSame(input, batch)) }), batch);
}

function checkResult(result: Tensor): void {
  if (!(result instanceof Tensor)) throw new InputError('checkpoint: the function must return a tensor');
  if (isRecorded(result)) {
    throw new InputError(
      `checkpoint: the function depends on a tensor made by ${result.origin} outside; pass it as an argument`,
    );
  }
}

/** The block as one op. It is recorded, never applied. */
function blockOp(f: (inputs: readonly Tensor[]) => Tensor): Op<unknown> {
  const never = (): never => {
    throw new Error('checkpoint: a block is recorded, never applied');
  };
  return {
    name: 'checkpoint',
    output: never,
    forward: never,
    vjp: 'recompute',
    jvp: 'recompute',
    decompose: f,
    example: never,
  };
}
