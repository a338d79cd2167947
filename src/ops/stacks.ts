// What batch rules have in common: an op that treats a stack of examples as it treats one.
import { apply } from '../autodiff/trace/apply.ts';
import type { Batched } from '../autodiff/trace/op.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { broadcastTo } from './sum.ts';
import { reshape } from './views.ts';

/** All inputs as stacks [n, …]: what is the same for every example is repeated. */
export function stacks({
  inputs,
  isStack,
  count,
}: Pick<Batched<unknown>, 'inputs' | 'isStack' | 'count'>): Tensor[] {
  return inputs.map((x, i) => (isStack[i] ? x : broadcastTo(x, [count, ...x.shape])));
}

/** For ops that look at last axes only, or at none: the same op on the stacks. */
export function onStacks<A>(call: Batched<A>): Tensor {
  return apply(call.op, stacks(call), call.attributes);
}

/** For ops on matrices whose rows do not meet: the rows of all examples under one another. Inputs are [rows, …]. */
export function asRows<A>(call: Batched<A>): Tensor {
  const operands = stacks(call);
  const [count, rows] = operands[0]!.shape as [number, number];
  const tall = operands.map((x) => reshape(x, [count * rows, ...x.shape.slice(2)]));
  const output = apply(call.op, tall, call.attributes);
  return reshape(output, [count, rows, ...output.shape.slice(1)]);
}
