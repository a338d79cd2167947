// Public surface of gradsplit/objectives.
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
export { drGrpo } from './drGrpo.ts';
export { grpo } from './grpo.ts';
export { gspo } from './gspo.ts';
export { type KlEstimator, klShapedReward, klSlope, klTensor, klValue } from './kl.ts';
export { luspo } from './luspo.ts';
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
export { OverflowError } from './overflowError.ts';
export { joinNumbers, sliceScales } from './pieces.ts';
export { ppo } from './ppo.ts';
export {
  getObjective,
  type ObjectiveName,
  objectiveNames,
  objectives,
  registerObjective,
} from './registry.ts';
export { reinforce } from './reinforce.ts';
export { rloo } from './rloo.ts';
export { sft } from './sft.ts';
