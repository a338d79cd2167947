// The rules of the audit, a file each.
import type { Rule } from '../rule.ts';
import { advantageMisplaced } from './advantageMisplaced.ts';
import { advantageNotConstant } from './advantageNotConstant.ts';
import { batchCountDivisor } from './batchCountDivisor.ts';
import { borderShift } from './borderShift.ts';
import { budgetOverrun } from './budgetOverrun.ts';
import { cispoCap } from './cispoCap.ts';
import { clipNever } from './clipNever.ts';
import { criticTempered } from './criticTempered.ts';
import { decisionStarved } from './decisionStarved.ts';
import { difficultyBias } from './difficultyBias.ts';
import { dropoutInOld } from './dropoutInOld.ts';
import { dualClipMissing } from './dualClipMissing.ts';
import { duplicateCompletions } from './duplicateCompletions.ts';
import { eosUntrained } from './eosUntrained.ts';
import { eotUntrained } from './eotUntrained.ts';
import { failedRowVotes } from './failedRowVotes.ts';
import { filterOnShaped } from './filterOnShaped.ts';
import { forkDuplicated } from './forkDuplicated.ts';
import { groundTruthMismatch } from './groundTruthMismatch.ts';
import { groupByRole } from './groupByRole.ts';
import { groupMisaligned } from './groupMisaligned.ts';
import { groupSingleton } from './groupSingleton.ts';
import { groupZeroVariance } from './groupZeroVariance.ts';
import { gspoSum } from './gspoSum.ts';
import { historyEdited } from './historyEdited.ts';
import { isIgnored } from './isIgnored.ts';
import { isOnSum } from './isOnSum.ts';
import { isTouchesKl } from './isTouchesKl.ts';
import { klClamped } from './klClamped.ts';
import { klDuplicated } from './klDuplicated.ts';
import { klIgnored } from './klIgnored.ts';
import { klInRewardNormalised } from './klInRewardNormalised.ts';
import { klK1Loss } from './klK1Loss.ts';
import { klK3Loss } from './klK3Loss.ts';
import { klNegative } from './klNegative.ts';
import { klOnMasked } from './klOnMasked.ts';
import { klStopBias } from './klStopBias.ts';
import { klTokenK2 } from './klTokenK2.ts';
import { lengthBias } from './lengthBias.ts';
import { lengthDrift } from './lengthDrift.ts';
import { lengthMismatch } from './lengthMismatch.ts';
import { logprobNonfinite } from './logprobNonfinite.ts';
import { logprobPositive } from './logprobPositive.ts';
import { looStdBlowup } from './looStdBlowup.ts';
import { maskCountsAll } from './maskCountsAll.ts';
import { maskedInDenominator } from './maskedInDenominator.ts';
import { maskedShiftsBaseline } from './maskedShiftsBaseline.ts';
import { maskIsAdvantage } from './maskIsAdvantage.ts';
import { maskOffByOnePadding } from './maskOffByOnePadding.ts';
import { microbatchMean } from './microbatchMean.ts';
import { mixedVersions } from './mixedVersions.ts';
import { nanUnderMask } from './nanUnderMask.ts';
import { offpolicyMaskWrong } from './offpolicyMaskWrong.ts';
import { paddedDivisor } from './paddedDivisor.ts';
import { padTrained } from './padTrained.ts';
import { penaltySpill } from './penaltySpill.ts';
import { phantomAdvantage } from './phantomAdvantage.ts';
import { placeholderLogprob } from './placeholderLogprob.ts';
import { promptTokensTrained } from './promptTokensTrained.ts';
import { rankMean } from './rankMean.ts';
import { ratioOneStale } from './ratioOneStale.ts';
import { ratioProduct } from './ratioProduct.ts';
import { refTemperature } from './refTemperature.ts';
import { retokenised } from './retokenised.ts';
import { rewardNull } from './rewardNull.ts';
import { rewardOnMasked } from './rewardOnMasked.ts';
import { rewardWeightsMissing } from './rewardWeightsMissing.ts';
import { sampledLogprobWrong } from './sampledLogprobWrong.ts';
import { samplerMismatch } from './samplerMismatch.ts';
import { scorerFailedAsZero } from './scorerFailedAsZero.ts';
import { scoreZeroReplaced } from './scoreZeroReplaced.ts';
import { segmentsOverweighted } from './segmentsOverweighted.ts';
import { sequenceMaskLength } from './sequenceMaskLength.ts';
import { shiftedByOne } from './shiftedByOne.ts';
import { singletonZero } from './singletonZero.ts';
import { staleKv } from './staleKv.ts';
import { stdImpossible } from './stdImpossible.ts';
import { stdNoise } from './stdNoise.ts';
import { stdScopeSwapped } from './stdScopeSwapped.ts';
import { temperatureMissing } from './temperatureMissing.ts';
import { templateTokensTrained } from './templateTokensTrained.ts';
import { toolTokensTrained } from './toolTokensTrained.ts';
import { truncatedSampling } from './truncatedSampling.ts';
import { truncatedTrained } from './truncatedTrained.ts';
import { zeroAction } from './zeroAction.ts';

/** Every rule, in alphabetical order of the codes. */
export const rules: readonly Rule[] = [
  advantageMisplaced,
  advantageNotConstant,
  batchCountDivisor,
  borderShift,
  budgetOverrun,
  cispoCap,
  clipNever,
  criticTempered,
  decisionStarved,
  difficultyBias,
  dropoutInOld,
  dualClipMissing,
  duplicateCompletions,
  eosUntrained,
  eotUntrained,
  failedRowVotes,
  filterOnShaped,
  forkDuplicated,
  groundTruthMismatch,
  groupByRole,
  groupMisaligned,
  groupSingleton,
  groupZeroVariance,
  gspoSum,
  historyEdited,
  isIgnored,
  isOnSum,
  isTouchesKl,
  klClamped,
  klDuplicated,
  klIgnored,
  klInRewardNormalised,
  klK1Loss,
  klK3Loss,
  klNegative,
  klOnMasked,
  klStopBias,
  klTokenK2,
  lengthBias,
  lengthDrift,
  lengthMismatch,
  logprobNonfinite,
  logprobPositive,
  looStdBlowup,
  maskCountsAll,
  maskIsAdvantage,
  maskOffByOnePadding,
  maskedInDenominator,
  maskedShiftsBaseline,
  microbatchMean,
  mixedVersions,
  nanUnderMask,
  offpolicyMaskWrong,
  padTrained,
  paddedDivisor,
  penaltySpill,
  phantomAdvantage,
  placeholderLogprob,
  promptTokensTrained,
  rankMean,
  ratioOneStale,
  ratioProduct,
  refTemperature,
  retokenised,
  rewardNull,
  rewardOnMasked,
  rewardWeightsMissing,
  sampledLogprobWrong,
  samplerMismatch,
  scoreZeroReplaced,
  scorerFailedAsZero,
  segmentsOverweighted,
  sequenceMaskLength,
  shiftedByOne,
  singletonZero,
  staleKv,
  stdImpossible,
  stdNoise,
  stdScopeSwapped,
  temperatureMissing,
  templateTokensTrained,
  toolTokensTrained,
  truncatedSampling,
  truncatedTrained,
  zeroAction,
];
