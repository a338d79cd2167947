// Public surface of gradsplit/policy: tabular policies, their files, and the graphs of trajectories on which they are evaluated.
export { COMPONENTS, type Component, RESAMPLE, STOP } from './component.ts';
export { type KeyedLogits, keyedLogits, POLICY_FORMAT, parsePolicy, policyChunks } from './format.ts';
export { compileGraph, type Layer, type LayerSpec, type TrajectoryGraph } from './graph.ts';
export { edgeLogProbs, joinLogits, leafRewards, type Model, splitTable, tabularModel } from './model.ts';
export {
  expandPadding,
  type PaddingFamily,
  type PaddingLogits,
  type PaddingMember,
  type PaddingTying,
  paddingFamily,
  paddingMember,
  withAttempts,
} from './padding.ts';
export { randomPolicy } from './random.ts';
export {
  countTrajectories,
  decisionKeys,
  leafKeys,
  leaves,
  MAX_TRAJECTORIES,
  type PolicyShape,
  sampleKeys,
} from './shape.ts';
export type { PolicyLogits, TableReward, TabularPolicy, TargetReward } from './tabular.ts';
export {
  type TransformerPolicy,
  type TransformerSizes,
  transformerConfig,
  transformerPolicy,
} from './transformer.ts';
export { compileTree } from './tree.ts';
