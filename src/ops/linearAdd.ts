// The affine map of a layer with the residual it is added to, fused: y = r + x·W + b, row by row.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import { sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { add } from './arithmetic.ts';
import { checkFloats } from './check.ts';
import { normal, randomShape } from './examples.ts';
import {
  linear,
  linearJvp,
  linearOp,
  linearOutput,
  linearRows,
  linearSizes,
  linearTerms,
  linearVjp,
} from './linear.ts';
import { elementwise } from './passage.ts';

/** Position of r among the inputs; the others are those of `linear`. */
const RESIDUAL = 3;

/** The rules of `linear`, with r̄ = ȳ and ẏ = ṙ + ẋ·W + x·Ẇ + ḃ. */
export const linearAddOp: Op<NoAttributes> = {
  name: 'linearAdd',
  output: (inputs) => {
    const sum = linearOutput(inputs);
    const residual = inputs[RESIDUAL]!;
    checkFloats('linearAdd', residual, inputs[0]!);
    if (!sameShape(residual.shape, sum.shape)) {
      const found = `residual ${showShape(residual.shape)} beside ${showShape(sum.shape)}`;
      throw new ShapeError(`linearAdd: expected equal shapes, found ${found}`);
    }
    return sum;
  },
  forward: (kernels, [x, weight, bias, residual], _, out) => {
    const [rows, columns, start, added] = [x!.buffer, weight!.buffer, bias!.buffer, residual!.buffer];
    kernels.linearAdd(rows, columns, start, added, out.buffer, linearSizes(x!, weight!));
  },
  vjp: (primal, cotangent, i) => (i === RESIDUAL ? cotangent : linearVjp(primal, cotangent, i)),
  passage: (primal, i) => (i === RESIDUAL ? elementwise(primal) : linearRows(primal, i)),
  terms: (primal, cotangent, i) => (i === RESIDUAL ? undefined : linearTerms(primal, cotangent, i)),
  jvp: (primal, tangent, i) => (i === RESIDUAL ? tangent : linearJvp(primal, tangent, i)),
  // What is the same for all examples broadcasts in the sum.
  batch: (call) => {
    const { op, inputs, isStack, attributes } = call;
    if (isStack[0] && isStack[RESIDUAL] && !isStack[1] && !isStack[2]) return apply(op, inputs, attributes);
    const [x, weight, bias, residual] = inputs;
    const isShared = !isStack[0] && !isStack[1] && !isStack[2];
    const sum = isShared ? linear(x!, weight!, bias!) : linearOp.batch!({ ...call, op: linearOp });
    return add(residual!, sum!);
  },
  example: (random) => {
    const [m, k, n] = [randomShape(random, 1, 2), ...randomShape(random, 2, 2)] as [number[], number, number];
    return {
      inputs: [
        normal(random, [...m, k]),
        normal(random, [k, n]),
        normal(random, [n]),
        normal(random, [...m, n]),
      ],
      call: (x, weight, bias, residual) => linearAdd(x!, weight!, bias!, residual!),
    };
  },
};

/**
 * The affine map and its residual in one: residual + x·weight + bias on the last axis. Each element starts from residual + bias and
 * adds its terms in ascending k.
 * @param x [..., m, k]
 * @param weight [k, n]
 * @param bias [n]
 * @param residual [..., m, n]
 * @returns [..., m, n]
 * @throws ShapeError if the shapes do not fit together
 * @example
 * ```ts
 * import { linearAdd, tensor } from 'gradsplit/autodiff';
 * const [x, weight] = [tensor([[1, 2]]), tensor([[1, 0], [0, 1]])];
 * linearAdd(x, weight, tensor([10, 20]), tensor([[100, 200]])).readSync(); // → [111, 222]
 * ```
 */
export function linearAdd(x: Tensor, weight: Tensor, bias: Tensor, residual: Tensor): Tensor {
  return apply(linearAddOp, [x, weight, bias, residual], {});
}
