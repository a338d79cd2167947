// Cross-entropy of logits with one target per row, fused: y = log Σ eˣ − x_t. Probabilities exist only in the vjp.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { mul, neg, sub } from './arithmetic.ts';
import { checkFloats, checkIndices } from './check.ts';
import { normal, randomShape } from './examples.ts';
import { adjointOp } from './fused.ts';
import { elementwise } from './passage.ts';
import { pick } from './pick.ts';
import { logSoftmax, softmax } from './softmax.ts';
import { asRows } from './stacks.ts';
import { sum } from './sum.ts';

/** x̄ = ȳ·(softmax x − 1_t). */
const adjoint: Op<NoAttributes> = {
  ...adjointOp(
    'crossEntropyVjp',
    ([x]) => x!,
    (kernels, [x, targets, cotangent], _, out) => {
      const [rows, columns] = x!.shape as [number, number];
      kernels.crossEntropyVjp(x!.buffer, targets!.buffer, cotangent!.buffer, out.buffer, rows, columns);
    },
  ),
  batch: asRows,
};

/** y = log Σ eˣ − x_t: x̄ = ȳ·(p − 1_t) with p = softmax x, ẏ = ⟨p, ẋ⟩ − ẋ_t. */
export const crossEntropyOp: Op<NoAttributes> = {
  name: 'crossEntropy',
  output: ([x, targets]) => {
    checkFloats('crossEntropy', x!);
    checkIndices('crossEntropy', targets!);
    if (x!.shape.length !== 2 || targets!.shape.length !== 1 || x!.shape[0] !== targets!.shape[0]) {
      const found = `logits ${showShape(x!.shape)} and targets ${showShape(targets!.shape)}`;
      throw new ShapeError(`crossEntropy: expected logits [N, V] and targets [N], found ${found}`);
    }
    return { dtype: x!.dtype, shape: targets!.shape };
  },
  forward: (kernels, [x, targets], _, out) => {
    const [rows, columns] = x!.shape as [number, number];
    kernels.crossEntropy(x!.buffer, targets!.buffer, out.buffer, rows, columns);
  },
  vjp: ({ inputs: [x, targets] }, cotangent) => apply(adjoint, [x!, targets!, cotangent], {}),
  passage: elementwise,
  jvp: ({ inputs: [x, targets] }, tangent) =>
    sub(sum(mul(softmax(x!), tangent), -1), pick(tangent, targets!)),
  batch: asRows,
  decompose: ([x, targets]) => neg(pick(logSoftmax(x!), targets!)),
  example: (random) => {
    const [rows, columns] = [randomShape(random, 1, 1)[0]!, 1 + random.integer(4)];
    const targets = Array.from({ length: rows }, () => random.integer(columns));
    return {
      inputs: [normal(random, [rows, columns])],
      constants: [tensor(targets, { dtype: 'i32' })],
      call: (x, t) => crossEntropy(x!, t!),
    };
  },
};

/**
 * The cross-entropy of every row with its target: −logSoftmax(logits)[n, targets[n]].
 * @param logits [N, V]
 * @param targets i32 [N], values in [0, V)
 * @returns [N]
 * @throws ShapeError or InputError if logits and targets do not fit together; Error if a target is out of range
 * @example
 * ```ts
 * import { crossEntropy, indices, tensor } from 'gradsplit/autodiff';
 * crossEntropy(tensor([[0, 0], [2, 0]]), indices([1, 0])).readSync(); // → [0.693147, 0.126928]
 * ```
 */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return apply(crossEntropyOp, [logits, targets], {});
}
