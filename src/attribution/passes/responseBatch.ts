// The tokens that a pass through a network looks at: responses laid end to end, and the rectangles of inputs that predict them.
import { InputError } from '../../base/errors.ts';

/** Inputs of b trajectories as a rectangle of tokens, [b, T]. */
export interface InputRectangle {
  /** [b·T] prompts and responses without their last token, padded on the right with any token. */
  readonly ids: Int32Array;
  /** T, the number of tokens in each row. */
  readonly length: number;
}

/**
 * B trajectories with N response tokens in all. What a network computes of a place does not depend on later ones, so that padding on the
 * right changes nothing. A batch of episodes is one.
 */
export interface ResponseBatch {
  /** The inputs, in parts of trajectories of similar lengths. One trajectory lies in one row of one part. */
  readonly inputs: readonly InputRectangle[];
  /** [B + 1] the response of trajectory i has the indices offsets[i] … offsets[i + 1] − 1. */
  readonly offsets: Int32Array;
  /** [N] the row of the network's outputs that predicts a token, counted over the outputs of all inputs, flattened and joined. */
  readonly rows: Int32Array;
  /** [N] the response tokens. */
  readonly targets: Int32Array;
  /** [N·V] 1 where a token was legal, else 0; left out where all are. */
  readonly legal?: Uint8Array;
}

/** The number of rows of the network's outputs. */
export function rowCount({ inputs }: ResponseBatch): number {
  return inputs.reduce((total, { ids }) => total + ids.length, 0);
}

function fail(what: string, expected: string, found: string): never {
  throw new InputError(`batch: ${what}: expected ${expected}, found ${found}`);
}

function checkIds(what: string, ids: Int32Array, vocabulary: number): void {
  const at = ids.findIndex((id) => id < 0 || id >= vocabulary);
  if (at >= 0) fail(`${what}[${at}]`, `a token in [0, ${vocabulary})`, String(ids[at]));
}

/**
 * Checks a batch against the sizes of a network.
 * @throws InputError naming the array and the place, if lengths do not agree, tokens are not in the vocabulary, sequences are longer than
 * the context, or a trajectory has not a row of the inputs
 * for itself
 */
export function checkResponseBatch(
  batch: ResponseBatch,
  { vocabulary, context }: { readonly vocabulary: number; readonly context: number },
): void {
  const { inputs, offsets, rows, targets, legal } = batch;
  const rowStarts: number[] = [];
  let before = 0;
  for (const [i, { ids, length }] of inputs.entries()) {
    const isWhole = Number.isInteger(length) && length >= 1 && ids.length % length === 0;
    if (!isWhole) fail(`inputs[${i}]`, 'whole rows of tokens', `${ids.length} tokens in rows of ${length}`);
    if (length > context) fail(`inputs[${i}].length`, `at most the context ${context}`, String(length));
    checkIds(`inputs[${i}].ids`, ids, vocabulary);
    for (let from = 0; from < ids.length; from += length) rowStarts.push(before + from);
    before += ids.length;
  }
  const total = targets.length;
  if (rows.length !== total) fail('rows', `${total} entries`, String(rows.length));
  if (offsets[0] !== 0 || offsets.at(-1) !== total)
    fail('offsets', `entries from 0 to ${total}`, `${offsets}`);
  if (legal !== undefined && legal.length !== total * vocabulary) {
    fail('legal', `${total * vocabulary} entries`, String(legal.length));
  }
  checkIds('targets', targets, vocabulary);
  const back = offsets.findIndex((offset, b) => b > 0 && offset < offsets[b - 1]!);
  if (back >= 0) fail('offsets', 'ascending entries', `${offsets[back]} at ${back}`);
  const end = rowCount(batch);
  const taken = new Set<number>();
  for (let b = 0; b + 1 < offsets.length; b++) {
    const own = rows.subarray(offsets[b]!, offsets[b + 1]!);
    if (own.length === 0) continue;
    const at = own.findIndex((row, j) => row < 0 || row >= end || (j > 0 && row <= own[j - 1]!));
    if (at >= 0) fail(`rows[${offsets[b]! + at}]`, `ascending rows below ${end}`, String(own[at]));
    const start = rowStarts[notAbove(rowStarts, own[0]!) - 1]!;
    const isOne = notAbove(rowStarts, own.at(-1)!) === notAbove(rowStarts, own[0]!) && !taken.has(start);
    if (!isOne) {
      fail(`rows of trajectory ${b}`, 'all in one row of the inputs of its own', `${own[0]} … ${own.at(-1)}`);
    }
    taken.add(start);
  }
}

/** How many of ascending numbers are not above a value. */
function notAbove(values: readonly number[], value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
