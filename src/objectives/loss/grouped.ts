// Rewards by group, and their standard deviation without loss of digits.

/** The trajectories of each group; groups in order of appearance. */
export function groupsOf(group: Int32Array): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < group.length; i++) {
    const g = group[i]!;
    const members = groups.get(g);
    if (members === undefined) groups.set(g, [i]);
    else members.push(i);
  }
  return [...groups.values()];
}

/** Differences to the first value: equal values become exactly 0, so that no rounding is blown up by a small divisor. */
export function offsets(values: Float64Array): Float64Array {
  return values.map((x) => x - values[0]!);
}

/** Σ x. */
export function total(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0);
}

/** x − mean. Equal values give exactly 0. */
export function centred(values: Float64Array): Float64Array {
  const d = offsets(values);
  const mean = total(d) / d.length;
  return d.map((x) => x - mean);
}

/**
 * √(Σ x²/(n − ddof)) of deviations x, whose squares neither overflow nor underflow; 0 where all are 0 or n ≤ ddof.
 * @param divisor n − ddof
 */
export function rootMeanSquare(deviations: Float64Array, divisor: number): number {
  const largest = deviations.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (largest === 0 || divisor <= 0) return 0;
  // A power of two changes no digit.
  const power = 2 ** -Math.max(-1022, Math.min(Math.floor(Math.log2(largest)), 1022));
  return Math.sqrt(deviations.reduce((sum, x) => sum + (x * power) ** 2, 0) / divisor) / power;
}

/** One number of each trajectory from those of its group: [B] → [B]. */
export function byGroup(
  values: Float64Array,
  group: Int32Array,
  inGroup: (values: Float64Array, members: readonly number[]) => Float64Array,
): Float64Array {
  const out = new Float64Array(values.length);
  for (const members of groupsOf(group)) {
    const own = new Float64Array(members.length);
    for (let k = 0; k < members.length; k++) own[k] = values[members[k]!]!;
    const found = inGroup(own, members);
    for (let k = 0; k < members.length; k++) out[members[k]!] = found[k]!;
  }
  return out;
}
