// The group-relative advantage of GRPO and its kin, on every token.

import type { Options } from '../base/options.ts';
import { minusGroupMean, standardizedInGroup } from './advantages.ts';
import { toTokens } from './aggregation.ts';
import type { TokenBatch } from './batch.ts';
import type { GroupOptions } from './commonOptions.ts';

/** A_i = (R_i − mean)/(std + ε) over the group, or R_i − mean without normalizeByStd; [B] rewards → [T]. */
export function groupAdvantage(batch: TokenBatch, reward: Float64Array, options: Options): Float64Array {
  const { normalizeByStd, stdEpsilon, ddof } = options as GroupOptions;
  const advantage = normalizeByStd
    ? standardizedInGroup(reward, batch.group, stdEpsilon, ddof)
    : minusGroupMean(reward, batch.group);
  return toTokens(batch, advantage);
}
