// The rules of the audit, a file each.
import type { Rule } from '../rule.ts';
import { advantageMisplaced } from './advantageMisplaced.ts';
import { advantageNotConstant } from './advantageNotConstant.ts';
import { budgetOverrun } from './budgetOverrun.ts';
import { difficultyBias } from './difficultyBias.ts';
import { duplicateCompletions } from './duplicateCompletions.ts';
import { failedRowVotes } from './failedRowVotes.ts';
import { filterOnShaped } from './filterOnShaped.ts';
import { groundTruthMismatch } from './groundTruthMismatch.ts';
import { groupByRole } from './groupByRole.ts';
import { groupMisaligned } from './groupMisaligned.ts';
import { groupSingleton } from './groupSingleton.ts';
import { groupZeroVariance } from './groupZeroVariance.ts';
import { klInRewardNormalised } from './klInRewardNormalised.ts';
import { looStdBlowup } from './looStdBlowup.ts';
import { maskedShiftsBaseline } from './maskedShiftsBaseline.ts';
import { penaltySpill } from './penaltySpill.ts';
import { phantomAdvantage } from './phantomAdvantage.ts';
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
  difficultyBias,
  duplicateCompletions,
  failedRowVotes,
  filterOnShaped,
  groundTruthMismatch,
  groupByRole,
  groupMisaligned,
  groupSingleton,
  groupZeroVariance,
  klInRewardNormalised,
  looStdBlowup,
  maskedShiftsBaseline,
  penaltySpill,
  phantomAdvantage,
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
