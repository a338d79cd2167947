// One element of every row, by index: pick, and its adjoint place.
import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import { InputError, ShapeError, showShape } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';
import { targetError } from '../kernels/checks.ts';
import { sameShape } from '../tensor/shape.ts';
import { indices, type Tensor, tensor } from '../tensor/tensor.ts';
import { checkFloats, checkIndices } from './check.ts';
import { normal, randomShape } from './examples.ts';
import { elementwise, local } from './passage.ts';
import { asRows } from './stacks.ts';

/** Where the chosen elements stand in a row-major matrix, as a list of indices. */
function placesOf(op: string, at: Tensor, columns: number): Tensor {
  const chosen = at.storage.kernels.readSync(at.buffer);
  chosen.forEach((column, row) => {
    if (column < 0 || column >= columns) throw targetError(op, row, column, columns);
  });
  return indices(chosen.map((column, row) => row * columns + column));
}

/** One column for every row. */
function randomColumns(random: RandomStream): { rows: number; columns: number; at: Tensor } {
  const [rows, columns] = [randomShape(random, 1, 1)[0]!, 1 + random.integer(4)];
  const chosen = Array.from({ length: rows }, () => random.integer(columns));
  return { rows, columns, at: tensor(chosen, { dtype: 'i32' }) };
}

/** Linear; its adjoint is place. */
export const pickOp: Op<NoAttributes> = {
  name: 'pick',
  output: ([x, at]) => {
    checkFloats('pick', x!);
    checkIndices('pick', at!);
    if (x!.shape.length !== 2 || at!.shape.length !== 1 || x!.shape[0] !== at!.shape[0]) {
      const found = `${showShape(x!.shape)} and ${showShape(at!.shape)}`;
      throw new ShapeError(`pick: expected x [rows, columns] and indices [rows], found ${found}`);
    }
    return { dtype: x!.dtype, shape: at!.shape };
  },
  forward: (kernels, [x, at], _, out) => {
    const places = placesOf('pick', at!, x!.shape[1]!);
    kernels.gather(x!.buffer, places.buffer, out.buffer, 1);
    places.dispose();
  },
  vjp: ({ inputs: [x, at] }, cotangent) => place(cotangent, at!, x!.shape[1]!),
  passage: elementwise,
  jvp: ({ inputs }, tangent) => pick(tangent, inputs[1]!),
  batch: asRows,
  example: (random) => {
    const { rows, columns, at } = randomColumns(random);
    return { inputs: [normal(random, [rows, columns])], constants: [at], call: (x, i) => pick(x!, i!) };
  },
};

/**
 * The element of every row that an index names: x[r, indices[r]].
 * @param x [rows, columns]
 * @param indices i32 [rows], values in [0, columns)
 * @returns [rows]
 * @throws ShapeError or InputError if these do not fit together; Error if an index is out of range
 * @example
 * ```ts
 * import { indices, pick, tensor } from 'gradsplit/autodiff';
 * pick(tensor([[1, 2], [3, 4]]), indices([1, 0])).readSync(); // → [2, 3]
 * ```
 */
export function pick(x: Tensor, indices: Tensor): Tensor {
  return apply(pickOp, [x, indices], {});
}

/** `columns`: of the result. */
export interface PlaceAttributes {
  readonly columns: number;
}

/** Linear in the values; its adjoint is pick. */
export const placeOp: Op<PlaceAttributes> = {
  name: 'place',
  output: ([values, at], { columns }) => {
    checkFloats('place', values!);
    checkIndices('place', at!);
    if (values!.shape.length !== 1 || !sameShape(values!.shape, at!.shape)) {
      const found = `${showShape(values!.shape)} and ${showShape(at!.shape)}`;
      throw new ShapeError(`place: expected values [rows] and indices [rows], found ${found}`);
    }
    if (!Number.isInteger(columns) || columns < 0) {
      throw new InputError(`place: columns must be an integer ≥ 0, found ${columns}`);
    }
    return { dtype: values!.dtype, shape: [...values!.shape, columns] };
  },
  forward: (kernels, [values, at], { columns }, out) => {
    const places = placesOf('place', at!, columns);
    kernels.fill(out.buffer, 0);
    kernels.scatterAdd(values!.buffer, places.buffer, out.buffer, 1);
    places.dispose();
  },
  vjp: ({ inputs }, cotangent) => pick(cotangent, inputs[1]!),
  passage: ({ inputs: [values] }) => local(values!.size),
  jvp: ({ inputs, attributes }, tangent) => place(tangent, inputs[1]!, attributes.columns),
  batch: asRows,
  example: (random) => {
    const { rows, columns, at } = randomColumns(random);
    return { inputs: [normal(random, [rows])], constants: [at], call: (x, i) => place(x!, i!, columns) };
  },
};

/**
 * The adjoint of `pick`: rows that are 0 except for one value at the place that an index names, result[r, indices[r]] = values[r].
 * @param values [rows]
 * @param indices i32 [rows], values in [0, columns)
 * @returns [rows, columns]
 * @throws ShapeError or InputError if these do not fit together; Error if an index is out of range
 * @example
 * ```ts
 * import { indices, place, tensor } from 'gradsplit/autodiff';
 * place(tensor([5, 6]), indices([1, 0]), 3).readSync(); // → [0, 5, 0, 6, 0, 0]
 * ```
 */
export function place(values: Tensor, indices: Tensor, columns: number): Tensor {
  return apply(placeOp, [values, indices], { columns });
}
