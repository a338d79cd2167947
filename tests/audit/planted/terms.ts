// All planted mistakes about the terms of an objective.
import { cispoCap } from './cispoCap.ts';
import { clipNever } from './clipNever.ts';
import { dualClipMissing } from './dualClipMissing.ts';
import { gspoSum } from './gspoSum.ts';
import { isIgnored, isIgnoredBySequence, isIgnoredMasked } from './isIgnored.ts';
import { isOnSum, isOnSumMasked } from './isOnSum.ts';
import { isTouchesKl } from './isTouchesKl.ts';
import { klClamped } from './klClamped.ts';
import { klDuplicated, klDuplicatedOfBatch } from './klDuplicated.ts';
import { klIgnored, klIgnoredInReward } from './klIgnored.ts';
import { klK1Loss } from './klK1Loss.ts';
import { klK3Loss } from './klK3Loss.ts';
import { klOnMasked, klOnMaskedDiscounted, klOnMaskedInReturns } from './klOnMasked.ts';
import { klStopBias } from './klStopBias.ts';
import { klTokenK2 } from './klTokenK2.ts';
import { offpolicyMaskWrong } from './offpolicyMaskWrong.ts';
import { ratioProduct, ratioProductOfGspo, ratioProductUpTo } from './ratioProduct.ts';
import { sequenceMaskLength } from './sequenceMaskLength.ts';

/** By name. */
export const planted = {
  isIgnored,
  isIgnoredMasked,
  isIgnoredBySequence,
  isOnSum,
  isOnSumMasked,
  isTouchesKl,
  offpolicyMaskWrong,
  sequenceMaskLength,
  cispoCap,
  clipNever,
  dualClipMissing,
  gspoSum,
  klClamped,
  klDuplicated,
  klDuplicatedOfBatch,
  klIgnored,
  klIgnoredInReward,
  klK1Loss,
  klK3Loss,
  klOnMasked,
  klOnMaskedInReturns,
  klOnMaskedDiscounted,
  klStopBias,
  klTokenK2,
  ratioProduct,
  ratioProductOfGspo,
  ratioProductUpTo,
};
