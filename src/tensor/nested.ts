// Nested arrays of numbers to a flat list and a shape.
import { ShapeError, showShape } from '../base/errors.ts';

/** A number, a flat or typed array of numbers, or arrays of these of equal shape. */
export type Nested = number | ArrayLike<number> | readonly Nested[];

/**
 * Values in row-major order and the shape of the nesting.
 * @throws ShapeError if inner arrays differ in shape
 */
export function flattenNested(nested: Nested): { values: ArrayLike<number>; shape: number[] } {
  if (typeof nested === 'number') return { values: [nested], shape: [] };
  if (typeof nested[0] !== 'object') {
    const values = nested as ArrayLike<number>;
    for (let i = 0; i < values.length; i++) {
      if (typeof values[i] !== 'number') throw ragged('a number', i);
    }
    return { values, shape: [values.length] };
  }
  const parts = Array.from(nested as ArrayLike<Nested>, flattenNested);
  const shape = parts[0]!.shape;
  const values: number[] = [];
  parts.forEach((part, i) => {
    if (showShape(part.shape) !== showShape(shape)) throw ragged(`shape ${showShape(shape)}`, i);
    for (let k = 0; k < part.values.length; k++) values.push(part.values[k]!);
  });
  return { values, shape: [parts.length, ...shape] };
}

function ragged(expected: string, position: number): ShapeError {
  return new ShapeError(`tensor: nested arrays are ragged: expected ${expected} at position ${position}`);
}
