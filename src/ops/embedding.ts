// Rows of an embedding table.
import { ShapeError, showShape } from '../base/errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { gather } from './gather.ts';

/**
 * The rows of a table that ids name: table[ids[i…], :].
 * @param table [vocabulary, width]
 * @param ids i32 of any shape, values in [0, vocabulary)
 * @returns [...ids, width]
 * @throws ShapeError if the table is not a matrix; InputError if the types do not fit; Error if an id is out of range
 * @example
 * ```ts
 * import { embedding, indices, tensor } from 'gradsplit/autodiff';
 * embedding(tensor([[1, 2], [3, 4], [5, 6]]), indices([2, 0])).readSync(); // → [5, 6, 1, 2]
 * ```
 */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  if (table.shape.length !== 2) {
    throw new ShapeError(
      `embedding: the table must be [vocabulary, width], found shape ${showShape(table.shape)}`,
    );
  }
  return gather(table, ids);
}
