// How far two sides of a statement are apart in each entry.

/**
 * |left − right| of every entry, or what left is above right by; ∞ if one side has more entries than the other.
 * @param above only what left is above right by
 */
export function gapsOf(left: Float64Array, right: Float64Array, above = false): Float64Array {
  if (left.length !== right.length) return new Float64Array(1).fill(Number.POSITIVE_INFINITY);
  return left.map((x, i) => (above ? Math.max(0, x - right[i]!) : Math.abs(x - right[i]!)));
}
