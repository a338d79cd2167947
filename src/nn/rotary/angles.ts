// The angles of rotary positions.
import type { RotaryConfig, RotaryScaling } from './config.ts';

/** A frequency in radians a place, as the scaling changes it. */
function scaled(frequency: number, scaling: RotaryScaling): number {
  if (scaling.kind === 'none') return frequency;
  if (scaling.kind === 'linear') return frequency / scaling.factor;
  const { factor, lowFrequency, highFrequency, original } = scaling;
  // Turns that fit into the first context.
  const turns = (original * frequency) / (2 * Math.PI);
  if (turns < lowFrequency) return frequency / factor;
  if (turns > highFrequency) return frequency;
  const share = (turns - lowFrequency) / (highFrequency - lowFrequency);
  return (1 - share) * (frequency / factor) + share * frequency;
}

/**
 * The frequency of every pair in radians a place, [rotated/2]: θ^{−2i/rotated}, scaled.
 * Source: Su et al., 2021 (arXiv:2104.09864), section 3.2.2; the scaling of Llama 3 as in its reference code of 2024.
 */
export function frequencies({ theta, rotated, scaling }: RotaryConfig): Float64Array {
  return Float64Array.from({ length: rotated / 2 }, (_, i) => scaled(theta ** ((-2 * i) / rotated), scaling));
}

/** Cosines and sines of the angles at some places, row by row. */
export interface AngleTables {
  /** [places, rotated/2] */
  readonly cosine: Float64Array;
  /** [places, rotated/2] */
  readonly sine: Float64Array;
}

/** The tables of the places 0 … count − 1, [count, rotated/2] each. */
export function angleTables(config: RotaryConfig, count: number): AngleTables {
  const perPlace = frequencies(config);
  const half = perPlace.length;
  const angles = Float64Array.from(
    { length: count * half },
    (_, i) => Math.floor(i / half) * perPlace[i % half]!,
  );
  return { cosine: angles.map(Math.cos), sine: angles.map(Math.sin) };
}
