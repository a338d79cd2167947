// Parts of a tensor and tensors put together: slice, pad (its adjoint), concat.

import { apply } from '../autodiff/trace/apply.ts';
import type { Op, Primal, RowPassage } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import type { Kernels } from '../kernels/interface.ts';
import { normalizeAxis, type Shape, stridesOf } from '../tensor/shape.ts';
import type { Tensor, TensorType } from '../tensor/tensor.ts';
import { normal, randomAxis, randomShape } from './examples.ts';
import { alongLeading, countLeading } from './passage.ts';
import { stacks } from './stacks.ts';

/** Position of the element at `start` in a row-major tensor. */
function offsetOf(shape: Shape, start: readonly number[]): number {
  return stridesOf(shape).reduce((offset, stride, d) => offset + stride * start[d]!, 0);
}

/** What lies behind the leading axes that keep their size moves as one. */
function unchangedAxes({ inputs, output: { shape } }: Primal<unknown>): RowPassage {
  return alongLeading(
    shape,
    countLeading(shape, (axis, d) => inputs[0]!.shape[d] === axis),
  );
}

/** Elements start[d] … end[d] − 1 of every axis. */
export interface SliceAttributes {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** Linear; its adjoint is pad. */
export const sliceOp: Op<SliceAttributes> = {
  name: 'slice',
  output: ([x], { start, end }) => {
    const { dtype, shape } = x!;
    const fits = shape.every((axis, d) => isWithin(start[d], 0, axis) && isWithin(end[d], start[d]!, axis));
    if (start.length !== shape.length || end.length !== shape.length || !fits) {
      const range = `${showShape(start)} … ${showShape(end)}`;
      throw new ShapeError(`slice: ${range} does not lie within shape ${showShape(shape)}`);
    }
    return { dtype, shape: shape.map((_, d) => end[d]! - start[d]!) };
  },
  forward: (kernels, [x], { start }, out) => {
    const offset = offsetOf(x!.shape, start);
    kernels.gatherStrided(x!.buffer, out.buffer, out.shape, stridesOf(x!.shape), offset);
  },
  vjp: ({ inputs, attributes: { start, end } }, cotangent) => {
    const after = inputs[0]!.shape.map((axis, d) => axis - end[d]!);
    return pad(cotangent, start, after);
  },
  passage: unchangedAxes,
  jvp: ({ attributes: { start, end } }, tangent) => slice(tangent, start, end),
  batch: ({ inputs: [x], attributes: { start, end }, count }) => slice(x!, [0, ...start], [count, ...end]),
  example: (random) => {
    const shape = randomShape(random);
    const start = shape.map((axis) => random.integer(axis + 1));
    const end = shape.map((axis, d) => start[d]! + random.integer(axis - start[d]! + 1));
    return { inputs: [normal(random, shape)], call: (x) => slice(x!, start, end) };
  },
};

function isWithin(value: number | undefined, low: number, high: number): boolean {
  return Number.isInteger(value) && value! >= low && value! <= high;
}

/**
 * The elements start[d] … end[d] − 1 along every axis d. The rank stays the same.
 * @throws ShapeError unless 0 ≤ start ≤ end ≤ size on every axis
 * @example
 * ```ts
 * import { slice, tensor } from 'gradsplit/autodiff';
 * slice(tensor([[1, 2, 3], [4, 5, 6]]), [0, 1], [2, 3]).readSync(); // → [2, 3, 5, 6]
 * ```
 */
export function slice(x: Tensor, start: readonly number[], end: readonly number[]): Tensor {
  return apply(sliceOp, [x], { start: [...start], end: [...end] });
}

/** Zeros put in front of and behind every axis. */
export interface PadAttributes {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Linear; its adjoint is slice. */
export const padOp: Op<PadAttributes> = {
  name: 'pad',
  output: ([x], { before, after }) => {
    const { dtype, shape } = x!;
    const counts = [...before, ...after];
    const natural = counts.every((count) => Number.isInteger(count) && count >= 0);
    if (before.length !== shape.length || after.length !== shape.length || !natural) {
      const widths = `${showShape(before)} and ${showShape(after)}`;
      throw new ShapeError(
        `pad: expected a width ≥ 0 for every axis of shape ${showShape(shape)}, found ${widths}`,
      );
    }
    return { dtype, shape: shape.map((axis, d) => before[d]! + axis + after[d]!) };
  },
  forward: (kernels, [x], { before }, out) => {
    kernels.fill(out.buffer, 0);
    place(kernels, x!, out, before);
  },
  vjp: ({ inputs, attributes: { before } }, cotangent) => {
    const end = inputs[0]!.shape.map((axis, d) => before[d]! + axis);
    return slice(cotangent, before, end);
  },
  passage: unchangedAxes,
  jvp: ({ attributes: { before, after } }, tangent) => pad(tangent, before, after),
  batch: ({ inputs: [x], attributes: { before, after } }) => pad(x!, [0, ...before], [0, ...after]),
  example: (random) => {
    const shape = randomShape(random);
    const before = shape.map(() => random.integer(3));
    const after = shape.map(() => random.integer(3));
    return { inputs: [normal(random, shape)], call: (x) => pad(x!, before, after) };
  },
};

/** Writes x into `out` with its first element at `start`. */
function place(kernels: Kernels, x: Tensor, out: Tensor, start: readonly number[]): void {
  // An empty x may start at the very end of an axis, where there is no offset to give.
  if (x.size === 0) return;
  const offset = offsetOf(out.shape, start);
  kernels.scatterStrided(x.buffer, out.buffer, x.shape, stridesOf(out.shape), offset);
}

/**
 * x with before[d] zeros in front of every axis d and after[d] zeros behind it: the adjoint of `slice`.
 * @throws ShapeError unless there is one width ≥ 0 for every axis
 * @example
 * ```ts
 * import { pad, tensor } from 'gradsplit/autodiff';
 * pad(tensor([1, 2]), [1], [2]).readSync(); // → [0, 1, 2, 0, 0]
 * ```
 */
export function pad(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  return apply(padOp, [x], { before: [...before], after: [...after] });
}

/** The axis along which the inputs follow one another. */
export interface ConcatAttributes {
  readonly axis: number;
}

/** Where input i starts along the axis. */
function startAlong(inputs: readonly TensorType[], axis: number, i: number): number {
  return inputs.slice(0, i).reduce((start, { shape }) => start + shape[axis]!, 0);
}

/** Linear; the adjoint with respect to input i is a slice. */
export const concatOp: Op<ConcatAttributes> = {
  name: 'concat',
  output: (inputs, { axis }) => {
    const { dtype, shape } = inputs[0]!;
    for (const other of inputs) {
      const fits = other.shape.every((size, d) => d === axis || size === shape[d]);
      if (other.dtype !== dtype || other.shape.length !== shape.length || !fits) {
        const found = inputs.map((x) => `${x.dtype} ${showShape(x.shape)}`).join(', ');
        throw new ShapeError(`concat: tensors may differ only along axis ${axis}, found ${found}`);
      }
    }
    const total = startAlong(inputs, axis, inputs.length);
    return { dtype, shape: shape.map((size, d) => (d === axis ? total : size)) };
  },
  forward: (kernels, inputs, { axis }, out) => {
    let start = 0;
    for (const x of inputs) {
      place(
        kernels,
        x,
        out,
        out.shape.map((_, d) => (d === axis ? start : 0)),
      );
      start += x.shape[axis]!;
    }
  },
  vjp: ({ inputs, attributes: { axis } }, cotangent, i) => {
    const { shape } = inputs[i]!;
    const start = shape.map((_, d) => (d === axis ? startAlong(inputs, axis, i) : 0));
    return slice(
      cotangent,
      start,
      start.map((first, d) => first + shape[d]!),
    );
  },
  passage: ({ output, attributes: { axis } }) => alongLeading(output.shape, axis),
  jvp: ({ inputs, output, attributes: { axis } }, tangent, i) => {
    const { shape } = inputs[i]!;
    const before = shape.map((_, d) => (d === axis ? startAlong(inputs, axis, i) : 0));
    return pad(
      tangent,
      before,
      before.map((first, d) => output.shape[d]! - first - shape[d]!),
    );
  },
  batch: (call) => concat(stacks(call), call.attributes.axis + 1),
  example: (random) => {
    const shape = randomShape(random, 1);
    const axis = randomAxis(random, shape.length);
    const along = axis < 0 ? axis + shape.length : axis;
    const inputs = Array.from({ length: 1 + random.integer(3) }, () =>
      normal(
        random,
        shape.map((size, d) => (d === along ? random.integer(4) : size)),
      ),
    );
    return { inputs, call: (...xs) => concat(xs, axis) };
  },
};

/**
 * The tensors one after the other along an axis. All other axes must be equal.
 * @param xs [..., n_i, ...]
 * @param axis negative ones count from the end
 * @returns [..., Σ n_i, ...]
 * @throws ShapeError if the other axes differ, if there is no tensor, or if there is no such axis
 * @example
 * ```ts
 * import { concat, tensor } from 'gradsplit/autodiff';
 * concat([tensor([1, 2]), tensor([3])], 0).readSync(); // → [1, 2, 3]
 * ```
 */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  if (xs.length === 0) throw new ShapeError('concat: expected at least one tensor, found none');
  return apply(concatOp, xs, { axis: normalizeAxis('concat', axis, xs[0]!.shape) });
}
