// Public surface of gradsplit/attribution: evaluated policies, exact gradients by component, budgets, divergences, expected
// gradients of objectives.
export {
  advantages,
  expectedAttempts,
  meanReward,
  type RewardBudget,
  rewardBudget,
  rewardGradient,
} from './budget.ts';
export {
  type ComponentNorms,
  componentLabels,
  forEachLayer,
  gradientNorms,
  onlyComponent,
  type PerComponent,
  sumByComponent,
} from './byComponent.ts';
export {
  type DifferentiableGraph,
  differentiable,
  edgeLogProbTensor,
  expectedEdges,
  expectedLeaf,
  reachTensor,
} from './differentiable.ts';
export {
  type EstimatorMoments,
  estimatorMoments,
  forwardKlGradient,
  klDivergence,
  klGradient,
  klTerms,
  type LeafRatios,
  leafRatios,
  logRatio,
} from './divergence.ts';
export { EvaluatedPolicy, evaluatedPolicy, GraphPolicy } from './evaluatedPolicy.ts';
export {
  type ExpectedGradient,
  expectedGradient,
  expectedRounding,
  type GroupedObjective,
  MAX_GROUPS,
} from './expectedGradient.ts';
export { centralStep, twoCopyDifferences } from './finiteDifference.ts';
export { type AttributionDemand, checkAttributionMemory } from './memory.ts';
export {
  type CheckInput,
  type CheckResult,
  type Counterfactual,
  checkStepSize,
  counterfactual,
  drawRemovals,
  type Removal,
} from './model/counterfactual.ts';
export {
  type ConflictFree,
  conflictFree,
  type Gram,
  gramCosine,
  gramNorms,
  gramProduct,
  gramShares,
  labelCount,
} from './model/gram.ts';
export { GROUPINGS, type Grouping, type Groups, groupsOf, type Slice } from './model/groups.ts';
export {
  type Label,
  labelName,
  labelsOf,
  type SeededLabel,
  type Segments,
  totalSeeds,
} from './model/labels.ts';
export {
  type InfluenceScope,
  NO_STORE,
  type PassStore,
  type Split,
  type SplitInput,
  type SplitOptions,
  splitByGroup,
} from './model/split.ts';
export { type Network, networkGradient, parameterCount, tablesAt, tokenInfluences } from './network.ts';
export { constant, dividedBy, repeat, squared, sumAt, times, total } from './over/arithmetic.ts';
export { directional } from './over/directional.ts';
export {
  advantagesOf,
  atEdges,
  gradientOf,
  leafProbabilities,
  leavesBelow,
  meanOf,
  occupancyOf,
  reachOf,
  returnWeightsOf,
  scoresAlong,
  sumAlongTrajectories,
  sumOverActions,
  sumsByComponent,
  valuesOf,
} from './over/quantities.ts';
export {
  checkResponseBatch,
  type DenseGradients,
  type Direction,
  denseReducer,
  directionReducer,
  type GramMatrices,
  gram,
  gramReducer,
  type HostGradient,
  type InputRectangle,
  influenceOf,
  influencesOf,
  type LabelDirections,
  type LabelledTokens,
  type ParameterGradient,
  type PassFacts,
  type PassHooks,
  type Piece,
  type Reducer,
  type ResponseBatch,
  split,
  type TableDirection,
  type TableDirections,
  type TrajectoryNumbers,
  type TrajectoryProducts,
  tokenGradients,
  tokenLogProbsOf,
  toTensor,
  trajectoryNorms,
  trajectoryReducer,
  type Wanted,
} from './passes/index.ts';
export type { PolicyOver } from './policyOver.ts';
export {
  type Behaviour,
  batchOf,
  looksAtTokens,
  type Profile,
  type Profiles,
  profilesOf,
} from './profiles.ts';
export {
  alongTrajectories,
  backward,
  type Occupancy,
  occupancy,
  type Values,
} from './recursions.ts';
export { type RewardAgreement, rewardAgreement } from './rewardAgreement.ts';
export { givenAdvantages, withAdvantages } from './rollouts/givenAdvantages.ts';
export {
  type Agreement,
  agreement,
  type LogProbSources,
  loggedAdvantages,
  type ModelLogProbs,
  type ObjectiveBatch,
  objectiveBatch,
} from './rollouts/objectiveBatch.ts';
export {
  partOf,
  type ResponseMicroBatch,
  responseMicroBatches,
  wholeOf,
} from './rollouts/responseMicroBatches.ts';
export { type ResponseOptions, type Responses, responsesOf } from './rollouts/responses.ts';
export { leafWeights, returnWeights, scoreGradient } from './scoreGradient.ts';
export { type SoftOptimum, softOptimum } from './softOptimum.ts';
export { exactly, rounding, type Tolerance } from './tolerance.ts';
export { forEachTrajectory } from './trajectories.ts';
export {
  type EdgeFunctional,
  engineGradient,
  type HessianProduct,
  labelledGradient,
  type SharedFamily,
  sharedGradient,
  sharedHessian,
  sharedHessianCheck,
} from './twoCopy.ts';
export { dot, expOf, norm2 } from './vectors.ts';
