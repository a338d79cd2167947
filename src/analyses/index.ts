// Public surface of gradsplit/analyses: what takes data and gives documents. Nothing here needs Node.
export { jsonChunks } from '../base/json.ts';
export type { ComparedSplit, ComparisonDocument } from '../documents/comparison.ts';
export type { EvaluationDocument } from '../documents/evaluation.ts';
export type { SampleDocument, SampledTrajectory } from '../documents/sample.ts';
export {
  type AttributeOptions,
  type Attribution,
  type AttributionSubject,
  attribute,
  type FromResponses,
  fromResponses,
} from './attribute/index.ts';
export { compare } from './compare.ts';
export type { BySplit } from './evaluate.ts';
export { evaluate, SPLITS } from './evaluate.ts';
export type {
  EstimatorResult,
  ExactDocument,
  ExactOptions,
  ExactResult,
  ObjectiveResult,
} from './exact.ts';
export { exact, exactDocument } from './exact.ts';
export { type ProveClaimsOptions, type ProveProgress, prove } from './prove.ts';
export type { SampleOptions, ShownEpisode } from './sample.ts';
export { sample } from './sample.ts';
export type { Trained } from './trained.ts';
export type { VerifyOptions, VerifyProgress, VerifyResult } from './verify.ts';
export { DEFAULT_SHAPE, runClaim, subjectOf, verify, verifyDocument } from './verify.ts';
