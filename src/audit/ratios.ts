// Ratios between the policy and the one that drew the tokens, where both are in the file.
import type { Trajectory } from '../rollouts/index.ts';
import { baseName, optionOf, type Setting } from './setting.ts';

/** [T] log π − log π_old; NaN on tokens without both. Undefined where the file lacks either. */
export function logRatios({ logProbs, oldLogProbs }: Trajectory): Float64Array | undefined {
  if (logProbs === undefined || oldLogProbs === undefined) return undefined;
  return logProbs.map((x, t) => x - oldLogProbs[t]!);
}

/** Σ over tokens with mask 1, without those that are NaN, and how many there are. */
export function maskedSum(
  values: Float64Array,
  mask: Uint8Array,
): { readonly sum: number; readonly count: number } {
  let [sum, count] = [0, 0];
  for (const [t, x] of values.entries()) {
    if (mask[t] !== 1 || !Number.isFinite(x)) continue;
    sum += x;
    count++;
  }
  return { sum, count };
}

/** How the ratio of a whole trajectory is made, where the declared objective has one; undefined where it has one for each token. */
export function sequenceRatio(setting: Setting): 'mean' | 'product' | undefined {
  const kind = optionOf(setting, 'sequenceRatio');
  if (kind === 'mean' || kind === 'product') return kind;
  return baseName(setting) === 'luspo' ? 'mean' : undefined;
}

/** The bounds of the ratio that the declared objective clips at; undefined if it does not clip. */
export function clipBounds(setting: Setting): { readonly low: number; readonly high: number } | undefined {
  const [low, high] = [optionOf(setting, 'clipLow'), optionOf(setting, 'clipHigh')];
  if (typeof low !== 'number' || typeof high !== 'number') return undefined;
  return { low: 1 - low, high: 1 + high };
}
