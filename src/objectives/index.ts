// Public surface of gradsplit/objectives.

export { type Arithmetic, float64Arithmetic } from '../algebra/arithmetic.ts';
export {
  booleanOption,
  choiceOption,
  listOption,
  type NumberRange,
  numberOption,
  type Option,
  type Options,
  type OptionsOf,
  type OptionTable,
  type OptionValue,
  type RawOptions,
  type TableOf,
} from '../base/options.ts';
export { checkBatch, type TokenBatch } from './batch.ts';
export { cispo } from './cispo.ts';
export { dapo } from './dapo.ts';
export { dppo } from './dppo.ts';
export { drGrpo } from './drGrpo.ts';
export type {
  FormulaBatch,
  FormulaToken,
  FormulaTrajectory,
  PerToken,
  WeightFormula,
} from './formulas/index.ts';
export { gdpo } from './gdpo.ts';
export { grpo } from './grpo.ts';
export { gspo } from './gspo.ts';
export { icepop } from './icepop.ts';
export { type KlEstimator, klShapedReward, klSlope, klTensor, klValue, type PenaltyEstimator } from './kl.ts';
export { luspo } from './luspo.ts';
export { maxrl } from './maxrl.ts';
export { type TrainerName, trainerNames } from './names.ts';
export {
  defineObjective,
  type Objective,
  type ObjectiveDefinition,
  type ObjectiveTraits,
  objectiveFrom,
  type TermWeights,
  type TrajectoryNumbers,
  type TrajectoryScales,
  type WeightParts,
} from './objective.ts';
export { opo } from './opo.ts';
export { opsm } from './opsm.ts';
export { OverflowError } from './overflowError.ts';
export { joinNumbers, sliceScales } from './pieces.ts';
export { ppo } from './ppo.ts';
export {
  type Choice,
  chooseObjective,
  getObjective,
  type ObjectiveName,
  objectiveNames,
  objectives,
  registerObjective,
} from './registry.ts';
export { reinforce } from './reinforce.ts';
export { reinforcePlusPlus } from './reinforcePlusPlus.ts';
export { reinforcePlusPlusBaseline } from './reinforcePlusPlusBaseline.ts';
export { rloo } from './rloo.ts';
export { sapo } from './sapo.ts';
export { sft } from './sft.ts';
export { tis } from './tis.ts';
export { trainers } from './trainers/index.ts';
export type { Trainer, TrainerPreset } from './trainers/preset.ts';
