// PPO's clip: the bounds a ratio is cut at, which depend on the sign of the advantage.
import { greater, type Tensor, tensor, where } from '../autodiff/index.ts';
import type { ClipOptions } from './commonOptions.ts';

/** The range of ratios in which an advantage passes gradient. At a bound itself the ratio is not clipped. */
function isClipped(ratio: number, advantage: number, { clipLow, clipHigh, dualClip }: ClipOptions): boolean {
  if (advantage > 0) return ratio > 1 + clipHigh;
  return ratio < 1 - clipLow || (dualClip > 0 && ratio > dualClip);
}

/** ∂/∂log r of A·clip(r): A·r, or 0 where clipped. */
export function clippedSlope(ratio: number, advantage: number, options: ClipOptions): number {
  return advantage === 0 || isClipped(ratio, advantage, options) ? 0 : advantage * ratio;
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
