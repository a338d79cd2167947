// The numbers that are kept of every trajectory after the first pass, by column: O(1) of each, whatever its length.

/** Column by column, N trajectories: arrays are [N] unless said otherwise. A number that is not there is NaN, an index −1. */
export interface Summary {
  /** N. */
  readonly count: number;
  readonly files: readonly string[];
  /** [N] its place in `files`, and its line. */
  readonly file: Int32Array;
  readonly line: Int32Array;
  /** [N] its batch: the lines of one step, or all. */
  readonly batch: Int32Array;
  /** The step of each batch; NaN where the file has none. */
  readonly steps: Float64Array;
  /** [N] its group within all batches: one prompt at one step; −1 where the file has no group. */
  readonly group: Int32Array;
  /** How many groups there are, and their names as the file has them. */
  readonly groupCount: number;
  readonly groupNames: () => readonly string[];
  /** [N] its rollout within all batches, where one rollout gives several trajectories; −1 where the file has none. */
  readonly rollout: Int32Array;
  /** [N] T, L_i = Σ mask, and the number of tokens that are neither prompt nor padding. */
  readonly tokens: Float64Array;
  readonly length: Float64Array;
  readonly response: Float64Array;
  /** [N] */
  readonly reward: Float64Array;
  /** [N] by reward function, and by further logged number. */
  readonly rewards: ReadonlyMap<string, Float64Array>;
  readonly extras: ReadonlyMap<string, Float64Array>;
  /** [N] as logged: the number of the trajectory, or that of its first token with mask 1. */
  readonly loggedAdvantage: Float64Array;
  /** [N] largest minus smallest logged advantage over tokens with mask 1; 0 where it has one number. */
  readonly advantageSpread: Float64Array;
  /** [N] 1, 0, or NaN. */
  readonly correct: Float64Array;
  readonly truncated: Float64Array;
  readonly failed: Float64Array;
  readonly microbatch: Float64Array;
  readonly rank: Float64Array;
  /** [N] A_i and c_i of the declared objective; NaN where they cannot be computed. */
  readonly advantage: Float64Array;
  readonly coefficient: Float64Array;
}

/** The same trajectories without advantages and coefficients, for another objective. */
export function unscaled(summary: Summary): Summary {
  const unknown = (): Float64Array => new Float64Array(summary.count).fill(Number.NaN);
  return { ...summary, advantage: unknown(), coefficient: unknown() };
}

/** How many trajectories each group, batch or rollout has; −1 counts nowhere. */
export function sizesOf(of: Int32Array): Int32Array {
  const sizes = new Int32Array(of.reduce((most, g) => Math.max(most, g), -1) + 1);
  for (const g of of) if (g >= 0) sizes[g]!++;
  return sizes;
}

/** The trajectories of each group or batch, [groups] lists of indices into the summary, ascending; −1 is in no list. */
export function membersOf(of: Int32Array): number[][] {
  const lists: number[][] = [];
  for (const [i, g] of of.entries()) {
    if (g < 0) continue;
    while (lists.length <= g) lists.push([]);
    lists[g]!.push(i);
  }
  return lists;
}
