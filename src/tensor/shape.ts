// Shapes as pure functions: sizes, strides, broadcasting, axes. Errors name the op and print the shapes.
import { ShapeError, showShape } from '../base/errors.ts';

/** Sizes of the axes, outermost first; [] for a scalar. */
export type Shape = readonly number[];

/** Number of elements; 1 for the scalar shape []. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let d = 0; d < shape.length; d++) size *= shape[d]!;
  return size;
}

/** The same axes in the same order. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

/** @throws ShapeError unless every axis is an integer ≥ 0 */
export function checkShape(op: string, shape: Shape): void {
  for (const axis of shape) {
    if (!Number.isInteger(axis) || axis < 0) {
      throw new ShapeError(`${op}: every axis of a shape must be an integer ≥ 0, found ${showShape(shape)}`);
    }
  }
}

/** Row-major strides, counted in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = stride;
    stride *= shape[d]!;
  }
  return strides;
}

/**
 * The shape two operands are repeated to: axes are aligned at the end, and an axis of size 1 is repeated (NumPy's rule).
 * @throws ShapeError if two aligned axes differ and neither is 1
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let d = 1; d <= rank; d++) {
    const x = a[a.length - d] ?? 1;
    const y = b[b.length - d] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new ShapeError(`${op}: shapes ${showShape(a)} and ${showShape(b)} do not broadcast`);
    }
    result[rank - d] = x === 1 ? y : x;
  }
  return result;
}

/** Strides that read a tensor of shape `from` as if it had shape `to`: 0 along repeated axes. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const added = to.length - from.length;
  return to.map((_, d) => (d < added || from[d - added] === 1 ? 0 : strides[d - added]!));
}

/**
 * Axis as a number in [0, rank); negative ones count from the end.
 * @throws ShapeError if there is no such axis
 */
export function normalizeAxis(op: string, axis: number, shape: Shape): number {
  const positive = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= shape.length) {
    throw new ShapeError(`${op}: there is no axis ${axis} in shape ${showShape(shape)}`);
  }
  return positive;
}

/**
 * Axes in ascending order, each in [0, rank); all of them if none are given.
 * @throws ShapeError if an axis does not exist or is named twice
 */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | undefined,
  shape: Shape,
): number[] {
  if (axes === undefined) return shape.map((_, d) => d);
  const list = typeof axes === 'number' ? [axes] : axes;
  const sorted = list.map((axis) => normalizeAxis(op, axis, shape)).sort((a, b) => a - b);
  if (new Set(sorted).size !== sorted.length) {
    throw new ShapeError(`${op}: axes ${showShape(list)} name an axis of shape ${showShape(shape)} twice`);
  }
  return sorted;
}
