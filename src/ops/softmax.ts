// softmax, logSoftmax, logSumExp over the last axis.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op, Primal, RowPassage } from '../autodiff/trace/op.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import type { Tensor, TensorType } from '../tensor/tensor.ts';
import { mul, sub } from './arithmetic.ts';
import { checkFloats, checkRank, checkSameShape } from './check.ts';
import { normal, randomShape } from './examples.ts';
import { exp } from './functions.ts';
import { alongLeading, elementwise } from './passage.ts';
import { onStacks } from './stacks.ts';
import { sum } from './sum.ts';
import { reshape } from './views.ts';

function checkRows(op: string, x: TensorType): void {
  checkFloats(op, x);
  checkRank(op, 1, x.shape);
}

/** [rows, columns] with the last axis as columns. */
function rowSizes(shape: Shape): [number, number] {
  return [sizeOf(shape.slice(0, -1)), shape.at(-1)!];
}

function eachRow({ output: { shape } }: Primal<NoAttributes>): RowPassage {
  return alongLeading(shape, shape.length - 1);
}

/**
 * y = p∘(v − ⟨p, v⟩): v̄ = p∘(ȳ − ⟨p, ȳ⟩), p̄ = ȳ∘(v − ⟨p, v⟩) − v·⟨p, ȳ⟩; ẏ = p∘(v̇ − ⟨p, v̇⟩) along v and
 * ṗ∘(v − ⟨p, v⟩) − p·⟨ṗ, v⟩ along p.
 */
export const softmaxAlongOp: Op<NoAttributes> = {
  name: 'softmaxAlong',
  output: ([p, v]) => {
    checkRows('softmaxAlong', p!);
    checkFloats('softmaxAlong', p!, v!);
    checkSameShape('softmaxAlong', p!.shape, v!.shape);
    return p!;
  },
  forward: (kernels, [p, v], _, out) =>
    kernels.softmaxAlong(p!.buffer, v!.buffer, out.buffer, ...rowSizes(p!.shape)),
  vjp: ({ inputs: [p, v] }, cotangent, i) => {
    if (i === 1) return softmaxAlong(p!, cotangent);
    const rest = sub(v!, sum(mul(p!, v!), -1, true));
    return sub(mul(cotangent, rest), mul(v!, sum(mul(p!, cotangent), -1, true)));
  },
  passage: eachRow,
  jvp: ({ inputs: [p, v] }, tangent, i) => {
    if (i === 1) return softmaxAlong(p!, tangent);
    const rest = sub(v!, sum(mul(p!, v!), -1, true));
    return sub(mul(tangent, rest), mul(p!, sum(mul(tangent, v!), -1, true)));
  },
  batch: onStacks,
  example: (random) => {
    const shape = randomShape(random, 1);
    return {
      inputs: [normal(random, shape), normal(random, shape)],
      call: (p, v) => softmaxAlong(p!, v!),
    };
  },
};

/**
 * J·v = Jᵀ·v with the Jacobian J = diag(p) − p·pᵀ of softmax over the last axis, p its result: p∘(v − ⟨p, v⟩).
 * @throws ShapeError if the shapes differ or p is a scalar
 */
export function softmaxAlong(p: Tensor, v: Tensor): Tensor {
  return apply(softmaxAlongOp, [p, v], {});
}

/** p = softmax x: J = diag(p) − p·pᵀ = Jᵀ. */
export const softmaxOp: Op<NoAttributes> = {
  name: 'softmax',
  output: ([x]) => {
    checkRows('softmax', x!);
    return x!;
  },
  forward: (kernels, [x], _, out) => kernels.row('softmax', x!.buffer, out.buffer, ...rowSizes(x!.shape)),
  vjp: ({ output }, cotangent) => softmaxAlong(output, cotangent),
  passage: eachRow,
  jvp: ({ output }, tangent) => softmaxAlong(output, tangent),
  batch: onStacks,
  example: (random) => ({ inputs: [normal(random, randomShape(random, 1))], call: (x) => softmax(x!) }),
};

/**
 * e^{x_c} / Σ eˣ over the last axis. No intermediate overflows.
 * @throws ShapeError if x is a scalar
 * @example
 * ```ts
 * import { softmax, tensor } from 'gradsplit/autodiff';
 * softmax(tensor([[0, 0], [1000, 0]])).readSync(); // → [0.5, 0.5, 1, 0]
 * ```
 */
export function softmax(x: Tensor): Tensor {
  return apply(softmaxOp, [x], {});
}

/** y = logSoftmax x: J = I − 1·pᵀ with p = eʸ. */
export const logSoftmaxOp: Op<NoAttributes> = {
  name: 'logSoftmax',
  output: ([x]) => {
    checkRows('logSoftmax', x!);
    return x!;
  },
  forward: (kernels, [x], _, out) => kernels.row('logSoftmax', x!.buffer, out.buffer, ...rowSizes(x!.shape)),
  vjp: ({ output }, cotangent) => sub(cotangent, mul(exp(output), sum(cotangent, -1, true))),
  passage: eachRow,
  jvp: ({ output }, tangent) => sub(tangent, sum(mul(exp(output), tangent), -1, true)),
  batch: onStacks,
  example: (random) => ({ inputs: [normal(random, randomShape(random, 1))], call: (x) => logSoftmax(x!) }),
};

/**
 * x_c − log Σ eˣ over the last axis. No intermediate overflows.
 * @throws ShapeError if x is a scalar
 * @example
 * ```ts
 * import { logSoftmax, tensor } from 'gradsplit/autodiff';
 * logSoftmax(tensor([1000, 1000])).readSync(); // → [-0.693147, -0.693147]
 * ```
 */
export function logSoftmax(x: Tensor): Tensor {
  return apply(logSoftmaxOp, [x], {});
}

/** ∇ logSumExp = softmax. */
export const logSumExpOp: Op<NoAttributes> = {
  name: 'logSumExp',
  output: ([x]) => {
    checkRows('logSumExp', x!);
    return { dtype: x!.dtype, shape: x!.shape.slice(0, -1) };
  },
  forward: (kernels, [x], _, out) => kernels.logSumExp(x!.buffer, out.buffer, ...rowSizes(x!.shape)),
  vjp: ({ inputs, output }, cotangent) => mul(softmax(inputs[0]!), reshape(cotangent, [...output.shape, 1])),
  passage: elementwise,
  jvp: ({ inputs }, tangent) => sum(mul(softmax(inputs[0]!), tangent), -1),
  batch: onStacks,
  example: (random) => {
    // Not over an empty axis: −Infinity has no differences.
    const shape = [...randomShape(random, 0, 2), 1 + random.integer(3)];
    return { inputs: [normal(random, shape)], call: (x) => logSumExp(x!) };
  },
};

/**
 * log Σ eˣ over the last axis, which is dropped: −Infinity where the axis is empty. No intermediate overflows.
 * @throws ShapeError if x is a scalar
 * @example
 * ```ts
 * import { logSumExp, tensor } from 'gradsplit/autodiff';
 * logSumExp(tensor([[0, 0], [1000, 0]])).readSync(); // → [0.693147, 1000]
 * ```
 */
export function logSumExp(x: Tensor): Tensor {
  return apply(logSumExpOp, [x], {});
}
