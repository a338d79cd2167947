// Sums over axes and their adjoint, broadcasting: each is the other's vjp.

import { apply } from '../autodiff/trace/apply.ts';
import type { Op } from '../autodiff/trace/op.ts';
import { ShapeError, showShape } from '../base/errors.ts';
import {
  broadcastShapes,
  broadcastStrides,
  checkShape,
  normalizeAxes,
  type Shape,
  sameShape,
  sizeOf,
} from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkFloats } from './check.ts';
import { broadcastingShapes, normal, randomShape } from './examples.ts';
import { alongLeading, countLeading, summed } from './passage.ts';
import { reshape } from './views.ts';

/** Axes start … end − 1 are reduced and dropped. */
export interface ReduceAttributes {
  readonly start: number;
  readonly end: number;
}

/** The same axes of a stack. */
export function behindFirst({ start, end }: ReduceAttributes): ReduceAttributes {
  return { start: start + 1, end: end + 1 };
}

/** A shape without the reduced axes. */
export function reducedShape(shape: Shape, { start, end }: ReduceAttributes): number[] {
  return [...shape.slice(0, start), ...shape.slice(end)];
}

/** A shape with the reduced axes kept as 1. */
export function keptShape(shape: Shape, { start, end }: ReduceAttributes): number[] {
  return shape.map((axis, d) => (d >= start && d < end ? 1 : axis));
}

/** The shape seen as [outer, axis, inner], as kernels reduce it. */
export function reduceSizes(shape: Shape, { start, end }: ReduceAttributes): [number, number, number] {
  return [sizeOf(shape.slice(0, start)), sizeOf(shape.slice(start, end)), sizeOf(shape.slice(end))];
}

/** Linear; its adjoint is broadcastTo. */
export const sumOp: Op<ReduceAttributes> = {
  name: 'sum',
  output: ([x], axes) => {
    checkFloats('sum', x!);
    return { dtype: x!.dtype, shape: reducedShape(x!.shape, axes) };
  },
  forward: (kernels, [x], axes, out) =>
    kernels.reduce('sum', x!.buffer, out.buffer, ...reduceSizes(x!.shape, axes)),
  vjp: ({ inputs, attributes }, cotangent) => {
    const { shape } = inputs[0]!;
    return broadcastTo(reshape(cotangent, keptShape(shape, attributes)), shape);
  },
  passage: ({ output, attributes }) => alongLeading(output.shape, attributes.start),
  jvp: ({ attributes }, tangent) => apply(sumOp, [tangent], attributes),
  batch: ({ op, inputs, attributes }) => apply(op, inputs, behindFirst(attributes)),
  example: (random) => {
    const shape = randomShape(random);
    const axes = shape.flatMap((_, d) => (random.integer(2) === 0 ? [] : [d]));
    const keepDims = random.integer(2) === 1;
    return { inputs: [normal(random, shape)], call: (x) => sum(x!, axes, keepDims) };
  },
};

/** Runs of neighbouring axes, last first, so that dropping one leaves the numbers of the others. */
export function axisRuns(axes: readonly number[]): ReduceAttributes[] {
  const runs: { start: number; end: number }[] = [];
  for (const axis of axes) {
    const last = runs.at(-1);
    if (last !== undefined && last.end === axis) last.end++;
    else runs.push({ start: axis, end: axis + 1 });
  }
  return runs.reverse();
}

/** The input's shape with the given (ascending) axes kept as 1. */
export function shapeKeeping(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((axis, d) => (axes.includes(d) ? 1 : axis));
}

/**
 * The sum over the given axes, or over all axes if none are given. Empty sums are 0.
 * @param x any shape; the reduced axes are dropped
 * @param axes negative ones count from the end
 * @param keepDims keeps the reduced axes with size 1
 * @throws ShapeError if an axis does not exist; InputError if x is i32
 * @example
 * ```ts
 * import { sum, tensor } from 'gradsplit/autodiff';
 * const x = tensor([[1, 2], [3, 4]]);
 * sum(x).item(); // → 10
 * sum(x, -1).readSync(); // → [3, 7]
 * sum(x, 0, true).shape; // → [1, 2]
 * ```
 */
export function sum(x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor {
  const list = normalizeAxes('sum', axes, x.shape);
  let result = x;
  for (const run of axisRuns(list)) result = apply(sumOp, [result], run);
  return keepDims ? reshape(result, shapeKeeping(x.shape, list)) : result;
}

/** `shape`: the shape to repeat to. */
export interface BroadcastAttributes {
  readonly shape: Shape;
}

/** Linear; its adjoint is sum. */
export const broadcastToOp: Op<BroadcastAttributes> = {
  name: 'broadcastTo',
  output: ([x], { shape }) => {
    checkShape('broadcastTo', shape);
    if (!sameShape(broadcastShapes('broadcastTo', x!.shape, shape), shape)) {
      throw new ShapeError(
        `broadcastTo: shape ${showShape(x!.shape)} does not broadcast to ${showShape(shape)}`,
      );
    }
    return { dtype: x!.dtype, shape };
  },
  forward: (kernels, [x], { shape }, out) =>
    kernels.gatherStrided(x!.buffer, out.buffer, shape, broadcastStrides(x!.shape, shape), 0),
  vjp: ({ inputs }, cotangent) => {
    const from = inputs[0]!.shape;
    const added = cotangent.shape.length - from.length;
    const repeated = cotangent.shape.flatMap((axis, d) =>
      d < added || (from[d - added] === 1 && axis !== 1) ? [d] : [],
    );
    return reshape(sum(cotangent, repeated), from);
  },
  // Leading axes that are not repeated stay apart; over those that are, cotangents add up.
  passage: (primal) => {
    const { shape } = primal.output;
    const from = primal.inputs[0]!.shape;
    const added = shape.length - from.length;
    const own = countLeading(shape, (axis, d) => d >= added && from[d - added] === axis);
    if (sizeOf(shape.slice(0, own)) > 1) return alongLeading(shape, own);
    const repeated = countLeading(shape, (_, d) => d < added || from[d - added] === 1);
    return summed(primal, sizeOf(shape.slice(0, repeated)), []);
  },
  // A row that is repeated, as a bias is.
  terms: ({ inputs: [x] }, cotangent) => {
    const { shape, size } = x!;
    const isRow = sameShape(shape, cotangent.shape.slice(cotangent.shape.length - shape.length));
    return isRow && size > 0
      ? { kind: 'sum', values: reshape(cotangent, [cotangent.size / size, size]) }
      : undefined;
  },
  jvp: ({ attributes }, tangent) => broadcastTo(tangent, attributes.shape),
  batch: ({ inputs: [x], attributes: { shape }, count }) => {
    const [, ...from] = x!.shape;
    const added = new Array<number>(shape.length - from.length).fill(1);
    return broadcastTo(reshape(x!, [count, ...added, ...from]), [count, ...shape]);
  },
  example: (random) => {
    const [a, b] = broadcastingShapes(random);
    const shape = broadcastShapes('example', a, b);
    return { inputs: [normal(random, b)], call: (x) => broadcastTo(x!, shape) };
  },
};

/**
 * x repeated along axes of size 1 and along new leading axes, as in NumPy. Returns x itself if it has the shape already.
 * @throws ShapeError if x does not broadcast to `shape`
 * @example
 * ```ts
 * import { broadcastTo, tensor } from 'gradsplit/autodiff';
 * broadcastTo(tensor([1, 2]), [2, 2]).readSync(); // → [1, 2, 1, 2]
 * ```
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply(broadcastToOp, [x], { shape: [...shape] });
}
