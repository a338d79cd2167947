// Parameters: a record of tensors whose keys are the parameter groups that gradients are reported for.
import { InputError, ShapeError, showShape } from '../../base/errors.ts';
import { sameShape } from '../../tensor/shape.ts';
import type { Tensor, TensorType } from '../../tensor/tensor.ts';

/** Tensors by parameter group. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** A record with the same keys, each value made from the key and the old value. */
export function mapGroups<P extends Parameters, V>(
  groups: P,
  convert: (value: Tensor, key: keyof P & string) => V,
): { [K in keyof P]: V } {
  const entries = Object.entries(groups).map(([key, value]) => [key, convert(value, key)]);
  return Object.fromEntries(entries) as { [K in keyof P]: V };
}

/** @throws InputError if a parameter has no derivative because it holds integers */
export function checkParameters(transform: string, parameters: Parameters): void {
  for (const [key, { dtype }] of Object.entries(parameters)) {
    if (dtype === 'i32')
      throw new InputError(`${transform}: parameter "${key}" must be f32 or f64, found i32`);
  }
}

/** @throws ShapeError unless a cotangent or tangent has the type and shape of what it belongs to */
export function checkDirection(what: string, direction: TensorType, of: string, expected: TensorType): void {
  if (direction.dtype !== expected.dtype || !sameShape(direction.shape, expected.shape)) {
    const found = `${direction.dtype} ${showShape(direction.shape)}`;
    throw new ShapeError(`${what} is ${found}, ${of} is ${expected.dtype} ${showShape(expected.shape)}`);
  }
}
