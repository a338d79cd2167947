// Rows of an embedding table.
import { ShapeError, showShape } from '../base/errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { gather } from './gather.ts';

/**
 * The rows of a table that ids name: table[ids[i…], :].
 * @param table [vocabulary, width]
 * @param ids i32 of any shape, values in [0, vocabulary)
 * @returns [...ids, width]
 * @throws ShapeError if the table is no matrix; InputError if the types do not fit; Error if an id is out of range
 */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  if (table.shape.length !== 2) {
    throw new ShapeError(
      `embedding: the table must be [vocabulary, width], found shape ${showShape(table.shape)}`,
    );
  }
  return gather(table, ids);
}
