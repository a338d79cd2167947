// The rules of the audit, a file each.
import type { Rule } from '../rule.ts';
import { advantageMisplaced } from './advantageMisplaced.ts';
import { advantageNotConstant } from './advantageNotConstant.ts';
import { budgetOverrun } from './budgetOverrun.ts';
import { cispoCap } from './cispoCap.ts';
import { clipNever } from './clipNever.ts';
import { difficultyBias } from './difficultyBias.ts';
import { dualClipMissing } from './dualClipMissing.ts';
import { duplicateCompletions } from './duplicateCompletions.ts';
import { failedRowVotes } from './failedRowVotes.ts';
import { filterOnShaped } from './filterOnShaped.ts';
import { groundTruthMismatch } from './groundTruthMismatch.ts';
import { groupByRole } from './groupByRole.ts';
import { groupMisaligned } from './groupMisaligned.ts';
import { groupSingleton } from './groupSingleton.ts';
import { groupZeroVariance } from './groupZeroVariance.ts';
import { gspoSum } from './gspoSum.ts';
import { klClamped } from './klClamped.ts';
import { klDuplicated } from './klDuplicated.ts';
import { klIgnored } from './klIgnored.ts';
import { klInRewardNormalised } from './klInRewardNormalised.ts';
import { klK1Loss } from './klK1Loss.ts';
import { klK3Loss } from './klK3Loss.ts';
import { klOnMasked } from './klOnMasked.ts';
import { klStopBias } from './klStopBias.ts';
import { klTokenK2 } from './klTokenK2.ts';
import { looStdBlowup } from './looStdBlowup.ts';
import { maskedShiftsBaseline } from './maskedShiftsBaseline.ts';
import { penaltySpill } from './penaltySpill.ts';
import { phantomAdvantage } from './phantomAdvantage.ts';
import { ratioProduct } from './ratioProduct.ts';
import { rewardNull } from './rewardNull.ts';
import { rewardOnMasked } from './rewardOnMasked.ts';
import { rewardWeightsMissing } from './rewardWeightsMissing.ts';
import { scorerFailedAsZero } from './scorerFailedAsZero.ts';
import { scoreZeroReplaced } from './scoreZeroReplaced.ts';
import { singletonZero } from './singletonZero.ts';
import { stdImpossible } from './stdImpossible.ts';
import { stdNoise } from './stdNoise.ts';
import { stdScopeSwapped } from './stdScopeSwapped.ts';
import { zeroAction } from './zeroAction.ts';

/** Every rule, in alphabetical order of the codes. */
export const rules: readonly Rule[] = [
  advantageMisplaced,
  advantageNotConstant,
  budgetOverrun,
  cispoCap,
  clipNever,
  difficultyBias,
  dualClipMissing,
  duplicateCompletions,
  failedRowVotes,
  filterOnShaped,
  groundTruthMismatch,
  groupByRole,
  groupMisaligned,
  groupSingleton,
  groupZeroVariance,
  gspoSum,
  klClamped,
  klDuplicated,
  klIgnored,
  klInRewardNormalised,
  klK1Loss,
  klK3Loss,
  klOnMasked,
  klStopBias,
  klTokenK2,
  looStdBlowup,
  maskedShiftsBaseline,
  penaltySpill,
  phantomAdvantage,
  ratioProduct,
  rewardNull,
  rewardOnMasked,
  rewardWeightsMissing,
  scoreZeroReplaced,
  scorerFailedAsZero,
  singletonZero,
  stdImpossible,
  stdNoise,
  stdScopeSwapped,
  zeroAction,
];
