// Cuts a batch into micro-batches, which go through the network one after the other where the whole batch does not fit at once.
import type { EpisodeBatch, EpisodeInputs } from './episodeBatch.ts';

/** A `MicroBatch` holds some episodes of a batch, as much of them as the network needs. */
export interface MicroBatch {
  /** The inputs of its episodes. */
  readonly inputs: readonly EpisodeInputs[];
  /** [n] the indices of its response tokens in the whole batch, ascending. */
  readonly tokens: Int32Array;
  /** [n] the row of the outputs of its inputs that predicts a token. */
  readonly rows: Int32Array;
  /** [n·V] 1 where a token was legal, else 0. */
  readonly legal: Uint8Array;
}

/** Cuts rectangles into groups of at most so many episodes, in their order. */
function groupsOf(inputs: readonly EpisodeInputs[], most: number): EpisodeInputs[][] {
  const groups: EpisodeInputs[][] = [];
  let group: EpisodeInputs[] = [];
  let free = most;
  for (const { ids, length } of inputs) {
    const episodes = ids.length / length;
    for (let from = 0; from < episodes; ) {
      const count = Math.min(free, episodes - from);
      group.push({ ids: ids.slice(from * length, (from + count) * length), length });
      from += count;
      free -= count;
      if (free > 0) continue;
      groups.push(group);
      [group, free] = [[], most];
    }
  }
  return group.length === 0 ? groups : [...groups, group];
}

/** Returns the group of every output row, and the row at which each group begins. */
function groupOfRows(groups: readonly (readonly EpisodeInputs[])[]): { of: Int32Array; starts: number[] } {
  const sizes = groups.map((group) => group.reduce((sum, { ids }) => sum + ids.length, 0));
  const of = new Int32Array(sizes.reduce((sum, size) => sum + size, 0));
  const starts: number[] = [];
  let row = 0;
  for (const [g, size] of sizes.entries()) {
    starts.push(row);
    of.fill(g, row, row + size);
    row += size;
  }
  return { of, starts };
}

/**
 * Cuts a batch into micro-batches of at most `most` episodes each, in the order of its inputs, the shortest episodes first. A batch
 * that is small enough is one micro-batch with the inputs of the batch.
 * @param most the largest number of episodes of a micro-batch, at least 1
 */
export function microBatches(batch: EpisodeBatch, most: number): MicroBatch[] {
  const { inputs, rows, legal, layout, offsets } = batch;
  if (offsets.length - 1 <= most) {
    return [{ inputs, tokens: Int32Array.from(rows, (_, t) => t), rows, legal }];
  }
  const groups = groupsOf(inputs, most);
  const { of, starts } = groupOfRows(groups);
  const tokens = groups.map((): number[] => []);
  for (const [t, row] of rows.entries()) tokens[of[row]!]!.push(t);
  const V = layout.vocabulary;
  return groups.map((group, g) => {
    const own = Int32Array.from(tokens[g]!);
    const allowed = new Uint8Array(own.length * V);
    for (const [i, t] of own.entries()) allowed.set(legal.subarray(t * V, (t + 1) * V), i * V);
    return { inputs: group, tokens: own, rows: own.map((t) => rows[t]! - starts[g]!), legal: allowed };
  });
}
