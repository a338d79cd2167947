// The checks that shape rules share. Messages name the op and print what was found.
import { InputError, ShapeError, showShape } from '../base/errors.ts';
import { type Shape, sameShape } from '../tensor/shape.ts';
import type { TensorType } from '../tensor/tensor.ts';

function show(types: readonly TensorType[]): string {
  return types.map(({ dtype, shape }) => `${dtype} ${showShape(shape)}`).join(', ');
}

/** @throws InputError unless all operands are f32, or all are f64 */
export function checkFloats(op: string, ...types: readonly TensorType[]): void {
  const first = types[0]!.dtype;
  if (first === 'i32') throw new InputError(`${op}: expected f32 or f64, found ${show(types)}`);
  for (const { dtype } of types) {
    if (dtype !== first) throw new InputError(`${op}: operands must be of one type, found ${show(types)}`);
  }
}

/** @throws InputError unless the operand holds indices */
export function checkIndices(op: string, type: TensorType): void {
  if (type.dtype !== 'i32') throw new InputError(`${op}: indices must be i32, found ${show([type])}`);
}

/** @throws ShapeError unless the shapes are equal */
export function checkSameShape(op: string, a: Shape, b: Shape): void {
  if (!sameShape(a, b)) {
    throw new ShapeError(`${op}: expected equal shapes, found ${showShape(a)} and ${showShape(b)}`);
  }
}

/** @throws ShapeError if the operand has fewer axes */
export function checkRank(op: string, atLeast: number, shape: Shape): void {
  if (shape.length < atLeast) {
    const axes = atLeast === 1 ? 'one axis' : `${atLeast} axes`;
    throw new ShapeError(`${op}: expected at least ${axes}, found shape ${showShape(shape)}`);
  }
}
