// The axes of panels of curves and points: from where to where they run, what stands on them, and what lies beyond.
import * as Plot from '@observablehq/plot';
import type { PictureAxis } from '../../labs/index.ts';
import { typesetNumber } from '../format.ts';
import { countingTicks, domain, towardsZero } from './axes.ts';
import { isDrawable } from './canvas.ts';

/** An axis with its ends and ticks. */
export interface Scale {
  readonly type: 'linear' | 'log';
  readonly domain: readonly [number, number];
  /** Where ticks stand; where Plot puts them if left out. */
  readonly ticks?: readonly number[];
}

/** At most so many ticks stand at the values themselves. */
const FEW = 6;

/** Powers of ten in a domain, with 2 and 5 times them where there are few. */
function logTicks([low, high]: readonly [number, number]): number[] {
  const decades = Math.log10(high / low);
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const factors = decades < 2.5 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / FEW));
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter(
    (power) => power % every === 0,
  );
  const all = powers.flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)));
  // Less than 1 part in 10⁹ outside is rounding of the ends.
  return all.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}

function logScale({ domain: given }: PictureAxis, values: readonly number[]): Scale | undefined {
  const positive = values.filter((value) => value > 0 && isDrawable(value));
  if (given === undefined && positive.length === 0) return undefined;
  const [low, high] = given ?? [Math.min(...positive), Math.max(...positive)];
  const ends: [number, number] = low < high ? [low, high] : [low / 2, high * 2];
  const distinct = [...new Set(positive)].sort((a, b) => a - b);
  const ticks = distinct.length <= FEW ? distinct : logTicks(ends);
  return { type: 'log', domain: ends, ticks };
}

/**
 * The scale of an axis for some values.
 * @param isOpen whether an axis of values near 0 begins at 0, and its ends are rounded
 * @returns undefined where there is nothing to draw
 */
export function scaleOf(axis: PictureAxis, values: readonly number[], isOpen: boolean): Scale | undefined {
  if (axis.scale === 'log') return logScale(axis, values);
  const drawable = values.filter(isDrawable);
  if (axis.domain !== undefined) return { type: 'linear', domain: axis.domain };
  if (drawable.length === 0) return undefined;
  const fitted = domain(drawable);
  if (!isOpen) return { type: 'linear', domain: fitted, ...countingTicks(fitted, drawable.slice(0, 12)) };
  const [low, high] = [...(Plot.scale({ y: { domain: towardsZero(fitted), nice: true } })?.domain ?? fitted)];
  return { type: 'linear', domain: [Number(low), Number(high)] };
}

/** Whether a value has a place on an axis. */
export function isOn({ domain: [low, high] }: Scale, value: number): boolean {
  const slack = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
  return isDrawable(value) && value >= low - slack && value <= high + slack;
}

/** A value moved to the end of the axis beyond which it lies. */
export function clamped({ domain: [low, high] }: Scale, value: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The text of a tick. */
export function tickText(value: number): string {
  return typesetNumber(value, 3);
}
