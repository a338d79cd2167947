// Rows by index: gather and its adjoint scatterAdd (a segment sum).

import { apply } from '../autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../autodiff/trace/op.ts';
import { InputError, ShapeError, showShape } from '../base/errors.ts';
import type { RandomStream } from '../base/random.ts';
import { indexError } from '../kernels/checks.ts';
import { sameShape, sizeOf } from '../tensor/shape.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { checkFloats, checkIndices, checkRank } from './check.ts';
import { normal, randomShape } from './examples.ts';
import { local } from './passage.ts';
import { stacks } from './stacks.ts';
import { reshape } from './views.ts';

/** Some indices in [0, rows) of a random shape; none if there are no rows. */
function randomIndices(random: RandomStream, rows: number): Tensor {
  const shape = rows === 0 ? [0] : randomShape(random, 1, 2);
  const values = Array.from({ length: sizeOf(shape) }, () => random.integer(rows));
  return tensor(values, { shape, dtype: 'i32' });
}

/** Indices of a stack of tables of `rows` rows each, as indices of the table that they make one under the other. */
const tallTableOp: Op<{ readonly rows: number }> = {
  name: 'tallTable',
  output: ([at]) => at!,
  // Through the host: no kernel adds integers.
  forward: (kernels, [at], { rows }, out) => {
    const perTable = sizeOf(at!.shape.slice(1));
    const places = kernels.readSync(at!.buffer).map((row, i) => {
      if (row < 0 || row >= rows) throw indexError('gather', i, row, rows);
      return row + Math.floor(i / perTable) * rows;
    });
    kernels.write(out.buffer, places);
  },
  vjp: 'zero',
  jvp: 'zero',
  example: (random) => ({
    inputs: [],
    constants: [randomIndices(random, 3)],
    call: (at) => apply(tallTableOp, [at!], { rows: 3 }),
  }),
};

function inTallTable(at: Tensor, rows: number): Tensor {
  return apply(tallTableOp, [at], { rows });
}

/** Linear in x; its adjoint is scatterAdd. */
export const gatherOp: Op<NoAttributes> = {
  name: 'gather',
  output: ([x, indices]) => {
    checkFloats('gather', x!);
    checkIndices('gather', indices!);
    checkRank('gather', 1, x!.shape);
    return { dtype: x!.dtype, shape: [...indices!.shape, ...x!.shape.slice(1)] };
  },
  forward: (kernels, [x, indices], _, out) =>
    kernels.gather(x!.buffer, indices!.buffer, out.buffer, sizeOf(x!.shape.slice(1))),
  vjp: ({ inputs }, cotangent) => scatterAdd(cotangent, inputs[1]!, inputs[0]!.shape[0]!),
  // Where every index points into its own part of x (as a choice of one element a row does) parts stay apart.
  passage: ({ inputs: [x, at] }) => {
    const count = at!.size;
    const length = x!.shape[0]! / count;
    const isOwn = (index: number, unit: number): boolean => Math.floor(index / length) === unit;
    if (Number.isInteger(length) && at!.readSync().every(isOwn)) return local(count);
    return { kind: 'sum', count, carriers: [1] };
  },
  terms: ({ inputs: [x, at] }, cotangent) => {
    const width = sizeOf(x!.shape.slice(1));
    return { kind: 'placed', at: reshape(at!, [at!.size]), values: reshape(cotangent, [at!.size, width]) };
  },
  jvp: ({ inputs }, tangent) => gather(tangent, inputs[1]!),
  // One table for every example: more indices. A table each: one tall table.
  batch: (call) => {
    if (!call.isStack[0]) return gather(call.inputs[0]!, call.inputs[1]!);
    const [table, at] = stacks(call) as [Tensor, Tensor];
    const [count, rows, ...rest] = table.shape as [number, number, ...number[]];
    return gather(reshape(table, [count * rows, ...rest]), inTallTable(at, rows));
  },
  example: (random) => {
    const shape = randomShape(random, 1, 2);
    const at = randomIndices(random, shape[0]!);
    return { inputs: [normal(random, shape)], constants: [at], call: (x, i) => gather(x!, i!) };
  },
};

/**
 * Rows of axis 0 by index: result[i…, :] = x[indices[i…], :].
 * @param x rank ≥ 1
 * @param indices i32 of any shape, values in [0, rows)
 * @returns [...indices, ...x without axis 0]
 * @throws ShapeError if x is a scalar; InputError if the types do not fit; Error if an index is out of range
 * @example
 * ```ts
 * import { gather, indices, tensor } from 'gradsplit/autodiff';
 * gather(tensor([10, 20, 30]), indices([2, 2, 0])).readSync(); // → [30, 30, 10]
 * ```
 */
export function gather(x: Tensor, indices: Tensor): Tensor {
  return apply(gatherOp, [x, indices], {});
}

/** Rows of the result. */
export interface ScatterAddAttributes {
  readonly rows: number;
}

/** Linear in the updates; its adjoint is gather. */
export const scatterAddOp: Op<ScatterAddAttributes> = {
  name: 'scatterAdd',
  output: ([updates, indices], { rows }) => {
    checkFloats('scatterAdd', updates!);
    checkIndices('scatterAdd', indices!);
    if (!Number.isInteger(rows) || rows < 0) {
      throw new InputError(`scatterAdd: rows must be an integer ≥ 0, found ${rows}`);
    }
    const rank = indices!.shape.length;
    if (!sameShape(updates!.shape.slice(0, rank), indices!.shape)) {
      const shapes = `updates ${showShape(updates!.shape)} and indices ${showShape(indices!.shape)}`;
      throw new ShapeError(
        `scatterAdd: the shape of the updates must begin with that of the indices, found ${shapes}`,
      );
    }
    return { dtype: updates!.dtype, shape: [rows, ...updates!.shape.slice(rank)] };
  },
  forward: (kernels, [updates, indices], _, out) => {
    kernels.fill(out.buffer, 0);
    kernels.scatterAdd(updates!.buffer, indices!.buffer, out.buffer, sizeOf(out.shape.slice(1)));
  },
  vjp: ({ inputs }, cotangent) => gather(cotangent, inputs[1]!),
  jvp: ({ inputs, attributes }, tangent) => scatterAdd(tangent, inputs[1]!, attributes.rows),
  batch: (call) => {
    const { count } = call;
    const { rows } = call.attributes;
    const [updates, at] = stacks(call) as [Tensor, Tensor];
    const tall = scatterAdd(updates, inTallTable(at, rows), count * rows);
    return reshape(tall, [count, rows, ...tall.shape.slice(1)]);
  },
  example: (random) => {
    const rows = random.integer(4);
    const at = randomIndices(random, rows);
    const updates = normal(random, [...at.shape, ...randomShape(random, 0, 1)]);
    return { inputs: [updates], constants: [at], call: (x, i) => scatterAdd(x!, i!, rows) };
  },
};

/**
 * The segment sum: result[r, :] is the sum of updates[i…, :] over all i with indices[i…] = r. Rows that no index names are 0.
 * @param updates [...indices, ...rest]
 * @param indices i32, values in [0, rows)
 * @returns [rows, ...rest]
 * @throws ShapeError or InputError if these do not fit together; Error if an index is out of range
 * @example
 * ```ts
 * import { indices, scatterAdd, tensor } from 'gradsplit/autodiff';
 * scatterAdd(tensor([1, 2, 3]), indices([2, 2, 0]), 4).readSync(); // → [3, 0, 3, 0]
 * ```
 */
export function scatterAdd(updates: Tensor, indices: Tensor, rows: number): Tensor {
  return apply(scatterAddOp, [updates, indices], { rows });
}
