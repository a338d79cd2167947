// The task: a context of keys with values, a query for one of them, and a popular value that can be guessed.
import { categorical, type RandomStream } from '../../base/random.ts';

/** What contexts look like. */
export interface RetrievalShape {
  /** N, entries of a context. */
  readonly slots: number;
  /** d, width of keys and queries. */
  readonly width: number;
  /** V, values there are. */
  readonly values: number;
  /** g, how often a value is 0, the popular one; the others share the rest. */
  readonly guess: number;
}

/** P contexts with N entries each. */
export interface Contexts extends RetrievalShape {
  readonly count: number;
  /** [P, d] */
  readonly query: Float64Array;
  /** [P, N, d] of length 1. */
  readonly key: Float64Array;
  /** [P, N] */
  readonly value: Int32Array;
  /** [P] the entry whose key the query asks for: the right evidence. */
  readonly right: Int32Array;
}

function unit(width: number, random: RandomStream): Float64Array {
  const x = Float64Array.from({ length: width }, () => random.normal());
  const norm = Math.hypot(...x);
  return x.map((v) => v / norm);
}

/** R = I − 2·v·vᵀ with v of length 1: how a query is made from a key, q = R·k, which no one is told. [d, d] */
export function reflection(width: number, random: RandomStream): Float64Array {
  const v = unit(width, random);
  return Float64Array.from({ length: width * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    return (i === j ? 1 : 0) - 2 * v[i]! * v[j]!;
  });
}

/** Draws P contexts whose queries are made by R, [d, d]. */
export function drawContexts(
  shape: RetrievalShape,
  count: number,
  map: Float64Array,
  random: RandomStream,
): Contexts {
  const { slots, width, values, guess } = shape;
  const share = Array.from({ length: values }, (_, v) => (v === 0 ? guess : (1 - guess) / (values - 1)));
  const key = new Float64Array(count * slots * width);
  for (let s = 0; s < count * slots; s++) key.set(unit(width, random), s * width);
  const value = Int32Array.from({ length: count * slots }, () => categorical(share, random));
  const right = Int32Array.from({ length: count }, () => random.integer(slots));
  const query = new Float64Array(count * width);
  for (let p = 0; p < count; p++) {
    const at = (p * slots + right[p]!) * width;
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) query[p * width + i]! += map[i * width + j]! * key[at + j]!;
    }
  }
  return { ...shape, count, query, key, value, right };
}

/** The answer to the query of context p: the value of the right entry. */
export function answerOf({ value, right, slots }: Contexts, p: number): number {
  return value[p * slots + right[p]!]!;
}
