// Attention of single queries to kept keys and values as plain loops in float64, rounded once when stored.
//   out_r = Σ_{j ≤ place} p_j·v_j,   p = softmax over place − window < j ≤ place of ⟨q, k_j⟩/√width,   head by head.
import { cacheError, checkCached } from '../checks.ts';
import type { CacheSizes, KernelBuffer } from '../interface.ts';
import { valuesOf } from './memory.ts';
import { belowMax, rowSums } from './rows.ts';

/** Keeps the rows' keys and values, then attends. */
export function cachedAttention(
  x: KernelBuffer,
  keys: KernelBuffer,
  values: KernelBuffer,
  slots: KernelBuffer,
  places: KernelBuffer,
  out: KernelBuffer,
  sizes: CacheSizes,
): void {
  checkCached(x, keys, values, slots, places, out, sizes);
  const [from, k, v, slotOf, placeOf, to] = [x, keys, values, slots, places, out].map(valuesOf);
  const { rows, context, heads, width, window = context } = sizes;
  const d = heads * width;
  const keyAt = (slot: number, column: number, place: number): number =>
    (slot * d + column) * context + place;
  const valueAt = (slot: number, place: number, column: number): number =>
    (slot * context + place) * d + column;
  for (let r = 0; r < rows; r++) {
    const [slot, place] = [slotOf![r]!, placeOf![r]!];
    if (slot < 0 || slot >= sizes.slots || place < 0 || place >= context) {
      throw cacheError(r, slot, place, sizes);
    }
    for (let c = 0; c < d; c++) {
      k![keyAt(slot, c, place)] = from![(3 * r + 1) * d + c]!;
      v![valueAt(slot, place, c)] = from![(3 * r + 2) * d + c]!;
    }
  }
  for (let r = 0; r < rows; r++) {
    const [slot, place] = [slotOf![r]!, placeOf![r]!];
    for (let h = 0; h < d; h += width) {
      const scores = Float64Array.from({ length: place + 1 }, (_, j) => {
        if (j <= place - window) return Number.NEGATIVE_INFINITY;
        let total = 0;
        for (let c = h; c < h + width; c++) total += from![3 * r * d + c]! * k![keyAt(slot, c, j)]!;
        return total / Math.sqrt(width);
      });
      const { max, sum } = rowSums(scores, 0, scores.length);
      for (let c = h; c < h + width; c++) {
        let total = 0;
        scores.forEach((score, j) => {
          total += (Math.exp(belowMax(score, max)) / sum) * v![valueAt(slot, j, c)]!;
        });
        to![r * d + c] = total;
      }
    }
  }
}
