// The one way from an op to a tensor: check shapes, allocate, compute, record.
import { currentKernels } from '../../tensor/backend.ts';
import { Tensor, type TensorType } from '../../tensor/tensor.ts';
import { inspect } from './anomaly.ts';
import { asExample, type Batch, innermostBatch, isExample, stackOrSame } from './examples.ts';
import { record } from './node.ts';
import type { Batched, Op } from './op.ts';

/**
 * Applies an op, and records it if a running transform tracks one of the inputs.
 * @throws ShapeError from the op's shape rule; Error if an input was freed or belongs to other kernels
 * @example
 * ```ts
 * import { apply, gradcheck, mul, type Op, type Tensor, tensor } from 'gradsplit/autodiff';
 * const squareOp: Op<Record<never, never>> = {
 *   name: 'square',
 *   output: ([x]) => x!,
 *   forward: (kernels, [x], _, out) => kernels.binary('mul', x!.buffer, x!.buffer, out.buffer),
 *   vjp: ({ inputs: [x] }, cotangent) => mul(cotangent, mul(x!, 2)),
 *   jvp: ({ inputs: [x] }, tangent) => mul(tangent, mul(x!, 2)),
 *   example: (random) => ({ inputs: [tensor([random.normal()])], call: (x) => square(x!) }),
 * };
 * const square = (x: Tensor) => apply(squareOp, [x], {});
 * gradcheck(({ x }) => square(x), { x: tensor([3, -1]) }).holds; // → true
 * ```
 */
export function apply<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A): Tensor {
  const type = op.output(inputs, attributes);
  const batch = innermostBatch(inputs);
  const output =
    batch === undefined ? once(op, inputs, attributes, type) : onStacks(op, inputs, attributes, batch);
  if (op.vjp !== 'zero' && type.dtype !== 'i32') record(op, inputs, attributes, output);
  // Stacks were looked at when they were made.
  if (op.forward !== 'view' && batch === undefined) inspect(op, inputs, output);
  return output;
}

function once<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A, type: TensorType): Tensor {
  if (op.forward === 'view') return inputs[0]!.share(type.shape, op.name);
  return compute(op, inputs, attributes, type);
}

/** By the op's batch rule, on the stacks behind the examples; what the rule applies, transforms around vmap record. */
function onStacks<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A, batch: Batch): Tensor {
  const call: Batched<A> = {
    op,
    inputs: inputs.map((input) => stackOrSame(input, batch)),
    isStack: inputs.map((input) => isExample(input, batch)),
    attributes,
    count: batch.count,
  };
  const stack = op.batch?.(call) ?? batch.oneByOne(call as Batched<unknown>);
  return asExample(stack!, batch);
}

function compute<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A, type: TensorType): Tensor {
  const kernels = currentKernels();
  for (const input of inputs) {
    if (input.storage.kernels !== kernels) {
      throw new Error(
        `${op.name}: the tensor made by ${input.origin} belongs to other kernels than those in use`,
      );
    }
  }
  const output = Tensor.allocate(kernels, type.dtype, type.shape, op.name);
  try {
    if (op.forward !== 'view') op.forward(kernels, inputs, attributes, output);
  } catch (error) {
    output.dispose();
    throw error;
  }
  return output;
}
