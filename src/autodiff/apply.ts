// The one way from an op to a tensor: check shapes, allocate, compute, record.
import { currentKernels } from '../tensor/backend.ts';
import { Tensor, type TensorType } from '../tensor/tensor.ts';
import { inspect } from './anomaly.ts';
import { record } from './node.ts';
import type { Op } from './op.ts';

/**
 * Applies an op and records it if a running transform tracks one of the inputs.
 * @throws ShapeError from the op's shape rule; Error if an input was freed or belongs to other kernels
 */
export function apply<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A): Tensor {
  const type = op.output(inputs, attributes);
  const output =
    op.forward === 'view' ? inputs[0]!.share(type.shape, op.name) : compute(op, inputs, attributes, type);
  if (op.vjp !== 'zero' && type.dtype !== 'i32') record(op, inputs, attributes, output);
  if (op.forward !== 'view') inspect(op, inputs, output);
  return output;
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
