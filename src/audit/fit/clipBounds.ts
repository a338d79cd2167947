// The bounds of the clip that logged weights show: beyond a bound a weight is 0, and the largest ratio that has one lies within it.
import type { Options, RawOptions } from '../../base/options.ts';
import type { Trajectory } from '../../rollouts/index.ts';
import { ROUNDING } from '../alternatives.ts';
import { logRatios } from '../ratios.ts';

/** What one bound is known to lie between, as log-ratios: tokens are seen with a weight up to `kept`, and without one from `cut` on. */
interface Side {
  kept: number;
  cut: number;
}

/** Where the clip of A > 0, of A < 0 downwards and of A < 0 upwards binds; distances from ratio 1, all positive. */
interface Sides {
  readonly high: Side;
  readonly low: Side;
  readonly dual: Side;
}

/** Options that bound a ratio, with what is seen of them. */
export interface SeenBounds {
  /** Values to try instead of those that the objective has by default. */
  readonly options: RawOptions;
  /** Those that tokens on both sides of the bound pin down, by option. */
  readonly between: Readonly<Record<string, readonly [number, number]>>;
}

const none = (): Side => ({ kept: 0, cut: Number.POSITIVE_INFINITY });

/** A log-ratio of float32 log-probs is off by this much at the most: two roundings of numbers up to 16. */
const SLACK = 16 * 2 ** -23;

/** The number with the fewest decimals in [from, to]. */
export function shortest(from: number, to: number): number {
  for (let decimals = 0; decimals < 17; decimals++) {
    const x = Number((Math.ceil(from * 10 ** decimals) / 10 ** decimals).toFixed(decimals));
    if (x >= from && x <= to) return x;
  }
  return from;
}

/** Adds a token, or a sequence, at a log-ratio: whether it has a weight, and the sign of its advantage. */
function note({ high, low, dual }: Sides, logRatio: number, hasWeight: boolean, sign: number): void {
  const side = sign > 0 ? high : logRatio < 0 ? low : dual;
  // Ratios below 1 are never cut where A > 0.
  if (sign > 0 && logRatio <= 0) return;
  const size = Math.abs(logRatio);
  if (hasWeight) side.kept = Math.max(side.kept, size);
  else side.cut = Math.min(side.cut, size);
}

/** The sign of the advantage of a token: as logged, or that of all weights of its trajectory; 0 where they do not say. */
function signsOf({ advantage, mask, length }: Trajectory, weights: Float64Array): Float64Array {
  if (typeof advantage === 'number' && !Number.isNaN(advantage)) {
    return new Float64Array(length).fill(Math.sign(advantage));
  }
  if (advantage !== undefined && typeof advantage !== 'number')
    return advantage.map((a) => Math.sign(a) || 0);
  const signs = new Set([...weights].flatMap((w, t) => (mask[t] === 1 && w !== 0 ? [Math.sign(w)] : [])));
  const [sign = 0] = signs;
  return new Float64Array(length).fill(signs.size === 1 ? sign : 0);
}

/** What the logged weights say of the bounds of a clip, by the ratio of the token and by that of the sequence. */
export class ClipEvidence {
  private readonly sides = {
    token: { high: none(), low: none(), dual: none() },
    mean: { high: none(), low: none(), dual: none() },
    product: { high: none(), low: none(), dual: none() },
  };

  /** Adds a trajectory; one without weights or ratios says nothing. */
  add(trajectory: Trajectory): void {
    const { weights, mask } = trajectory;
    const ratios = logRatios(trajectory);
    if (weights === undefined || ratios === undefined) return;
    const signs = signsOf(trajectory, weights);
    let [sum, count, kept, sign] = [0, 0, 0, 0];
    for (const [t, ratio] of ratios.entries()) {
      if (mask[t] !== 1 || signs[t] === 0 || !Number.isFinite(ratio + weights[t]!)) continue;
      note(this.sides.token, ratio, weights[t] !== 0, signs[t]!);
      sum += ratio;
      count++;
      if (weights[t] !== 0) kept++;
      sign = signs[t]!;
    }
    // A sequence is cut as a whole.
    if (count === 0 || (kept > 0 && kept < count)) return;
    note(this.sides.mean, sum / count, kept > 0, sign);
    note(this.sides.product, sum, kept > 0, sign);
  }

  /**
   * The bounds of an objective with these options, where they are not those it has by default.
   * @param options complete; an objective with `sequenceRatio` has one ratio a sequence, others one a token
   * @returns undefined where the objective has no such bounds, or what is seen contradicts any
   */
  boundsOf(options: Options): SeenBounds | undefined {
    const { clipLow, clipHigh, dualClip, sequenceRatio } = options;
    if (typeof clipLow !== 'number' || typeof clipHigh !== 'number') return undefined;
    const { high, low, dual } =
      this.sides[sequenceRatio === 'mean' || sequenceRatio === 'product' ? sequenceRatio : 'token'];
    if ([high, low, dual].some(({ kept, cut }) => kept > cut + SLACK)) return undefined;
    // From log-ratios to the options: 1 + clipHigh, 1 − clipLow, dualClip.
    const spans: Record<string, readonly [number, number]> = {
      clipHigh: [Math.expm1(high.kept), Math.expm1(high.cut)],
      clipLow: [-Math.expm1(-low.kept), -Math.expm1(-low.cut)],
      ...(typeof dualClip === 'number' ? { dualClip: [Math.exp(dual.kept), Math.exp(dual.cut)] } : {}),
    };
    const found: Record<string, number> = {};
    const between: Record<string, readonly [number, number]> = {};
    for (const [name, [from, to]] of Object.entries(spans)) {
      const usual = Number(options[name]);
      const isSeen = Number.isFinite(to) && !(name === 'clipLow' && low.cut === Number.POSITIVE_INFINITY);
      if (isSeen) between[name] = [from, to];
      const isOff = name === 'dualClip' && usual === 0;
      if (isOff ? !isSeen : usual >= from - ROUNDING && usual <= to + ROUNDING) continue;
      found[name] = name === 'dualClip' && !isSeen ? 0 : shortest(Math.min(from, to), to);
    }
    return { options: found, between };
  }
}
