// The numbers that are kept of every trajectory after the first pass, by column: O(1) of each, whatever its length.
import { Column, type IntegerColumn } from './columns/column.ts';
import type { PageMemory } from './columns/pageMemory.ts';

/** Column by column, N trajectories: columns are [N] unless said otherwise. A number that is not there is NaN, an index −1. */
export interface Summary {
  /** Where the columns are; undefined: in memory. */
  readonly memory: PageMemory | undefined;
  /** N. */
  readonly count: number;
  readonly files: readonly string[];
  /** [N] its place in `files`, and its line. */
  readonly file: IntegerColumn;
  readonly line: IntegerColumn;
  /** [N] its batch: the lines of one step, or all. */
  readonly batch: IntegerColumn;
  /** The step of each batch; NaN where the file has none. */
  readonly steps: Float64Array;
  /** [N] its group within all batches: one prompt at one step; −1 where the file has no group. */
  readonly group: IntegerColumn;
  /** How many groups there are. */
  readonly groupCount: number;
  /** [N] its rollout within all batches, where one rollout gives several trajectories; −1 where the file has none. */
  readonly rollout: IntegerColumn;
  /** [N] T, L_i = Σ mask, and the number of tokens that are neither prompt nor padding. */
  readonly tokens: Column;
  readonly length: Column;
  readonly response: Column;
  /** [N] */
  readonly reward: Column;
  /** [N] by reward function, and by further logged number. */
  readonly rewards: ReadonlyMap<string, Column>;
  readonly extras: ReadonlyMap<string, Column>;
  /** [N] as logged: the number of the trajectory, or that of its first token with mask 1. */
  readonly loggedAdvantage: Column;
  /** [N] largest minus smallest logged advantage over tokens with mask 1; 0 where it has one number. */
  readonly advantageSpread: Column;
  /** [N] 1, 0, or NaN. */
  readonly correct: Column;
  readonly truncated: Column;
  readonly failed: Column;
  readonly microbatch: Column;
  readonly rank: Column;
  /** [N] A_i and c_i of the declared objective; NaN where they cannot be computed. */
  readonly advantage: Column;
  readonly coefficient: Column;
}

/** The same trajectories without advantages and coefficients, for another objective. */
export function unscaled(summary: Summary): Summary {
  const unknown = (): Column => Column.filled(summary.count, Number.NaN, summary.memory);
  return { ...summary, advantage: unknown(), coefficient: unknown() };
}
