// The kernels behind the vjp rules of fused ops. They have no derivative of their own: where the result of a rule will be
// differentiated again the engine goes through the op's `decompose` instead.
import type { Forward, Op } from '../autodiff/trace/op.ts';
import type { TensorType } from '../tensor/tensor.ts';

/** An op that only serves in the vjp rule of a fused op. It is in no registry. */
export function adjointOp<A>(
  name: string,
  output: (inputs: readonly TensorType[], attributes: A) => TensorType,
  forward: Forward<A>,
): Op<A> {
  const refuse = (): never => {
    throw new Error(`${name}: has no derivative; the op it serves should register decompose`);
  };
  return { name, output, forward, vjp: refuse, jvp: refuse, example: refuse };
}
