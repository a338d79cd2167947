// Row-major arrays on the host, for oracles that walk over index tuples.
import { type Shape, sizeOf, stridesOf } from '../../src/tensor/shape.ts';
import { type Tensor, tensor } from '../../src/tensor/tensor.ts';

export type Index = readonly number[];

/** All index tuples of a shape, in row-major order. */
export function indicesOf(shape: Shape): number[][] {
  const strides = stridesOf(shape);
  return Array.from({ length: sizeOf(shape) }, (_, i) =>
    shape.map((axis, d) => Math.floor(i / strides[d]!) % axis),
  );
}

/** The element of a tensor at an index; axes of size 1 and missing leading axes repeat. */
export function reader(x: Tensor): (index: Index) => number {
  const values = x.readSync();
  const strides = stridesOf(x.shape);
  return (index) => {
    const added = index.length - x.shape.length;
    return values[
      x.shape.reduce((at, axis, d) => at + (axis === 1 ? 0 : index[added + d]! * strides[d]!), 0)
    ]!;
  };
}

/** The array with element f(index) at every index. */
export function build(shape: Shape, f: (index: Index) => number): number[] {
  return indicesOf(shape).map(f);
}

/** 0, 1, 2, … in a shape, as f64. */
export function counting(shape: Shape): Tensor {
  return tensor(
    Array.from({ length: sizeOf(shape) }, (_, i) => i),
    { shape },
  );
}

/** Values and shape of a tensor, for comparison. */
export function contents(x: Tensor): { shape: Shape; values: number[] } {
  return { shape: x.shape, values: Array.from(x.readSync()) };
}
