// Public surface of gradsplit/training: configurations, presets, the loop as pure steps, what is measured on episodes.

export type { Cell } from '../documents/comparison.ts';
export type { Estimate, EstimatedMeasures, EvaluationMeasures } from '../documents/evaluation.ts';
export {
  configEntries,
  configValue,
  type PhaseConfig,
  parseConfig,
  type TrainingConfig,
  withEntries,
} from './config.ts';
export { Diverged } from './diverged.ts';
export { type EvaluationOptions, evaluationEpisodes } from './evaluation/evaluate.ts';
export { estimateMeasures, evaluationMeasures } from './evaluation/measures.ts';
export {
  accuracyOf,
  CELLS,
  estimateShapley,
  type Grid,
  gridOf,
  type Shapley,
  shapley,
  swapEpisodes,
} from './evaluation/swap.ts';
export { lossOfLogits, type Outcome, type SplitGradient, splitGradient, tokenBatch } from './gradient.ts';
export type { Material, Observed } from './material.ts';
export {
  checkEpisodeMemory,
  checkTrainingMemory,
  chosenMicroBatch,
  trainingMemory,
} from './memory.ts';
export {
  type ModelOptions,
  modelOptions,
  modelOptionsOf,
  phaseOptions,
  rotaryModelOptions,
  runOptions,
} from './options.ts';
export { episodesOfStep, PHASES, type PhaseName } from './phases.ts';
export { getPreset, type Preset, presets } from './presets.ts';
export {
  disposeState,
  initialState,
  optimiserOf,
  stepsDone,
  type TrainingState,
  totalSteps,
} from './state.ts';
export { materialOf, type StepMetrics, trainStep } from './step.ts';
export { type LoggedStep, promptsOf, rolloutHeader, stepTrajectories } from './stepTrajectories.ts';
export { createTrainer, type Trainer } from './trainer.ts';
