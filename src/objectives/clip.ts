// PPO's clip: the bounds a ratio is cut at, which depend on the sign of the advantage.
import { greater, type Tensor, tensor, where } from '../autodiff/index.ts';
import type { ClipOptions } from './commonOptions.ts';

/**
 * ∂/∂log r of A·clip(r): A·r, or 0 where clipped. A ratio on a bound itself is not clipped. Shapes [T].
 */
export function clippedSlopes(
  ratio: Float64Array,
  advantage: Float64Array,
  { clipLow, clipHigh, dualClip }: ClipOptions,
): Float64Array {
  const good = 1 + clipHigh;
  const badLow = 1 - clipLow;
  const badHigh = dualClip > 0 ? dualClip : Number.POSITIVE_INFINITY;
  const out = new Float64Array(ratio.length);
  for (let t = 0; t < out.length; t++) {
    const a = advantage[t]!;
    const r = ratio[t]!;
    if (a > 0 ? r <= good : a < 0 && r >= badLow && r <= badHigh) out[t] = a * r;
  }
  return out;
}

/**
 * clip(r): r cut at 1 + clipHigh where A > 0, at 1 − clipLow and dualClip where A < 0. Then A·clip(r) is the published
 * min(r·A, clip(r, 1 − clipLow, 1 + clipHigh)·A), and for A < 0 its maximum with dualClip·A; written with masks, because a
 * minimum would have no definite gradient at ties. Shapes [T].
 */
export function clippedRatio(ratio: Tensor, advantage: Float64Array, options: ClipOptions): Tensor {
  const { clipLow, clipHigh, dualClip } = options;
  const highest = dualClip > 0 ? dualClip : Number.POSITIVE_INFINITY;
  const { dtype } = ratio;
  const high = tensor(
    advantage.map((a) => (a > 0 ? 1 + clipHigh : highest)),
    { dtype },
  );
  const low = tensor(
    advantage.map((a) => (a > 0 ? 0 : 1 - clipLow)),
    { dtype },
  );
  return where(greater(ratio, high), high, where(greater(low, ratio), low, ratio));
}
