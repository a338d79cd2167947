// Public surface of the engine: transforms, tensors, scopes, the choice of kernels, and all op functions.

export type { DType, FloatType, HostArray, Kernels, MemoryUse } from '../kernels/interface.ts';
export * from '../ops/index.ts';
export { currentKernels, useKernels } from '../tensor/backend.ts';
export { memory } from '../tensor/memory.ts';
export type { Nested } from '../tensor/nested.ts';
export { scope } from '../tensor/scope.ts';
export type { Shape } from '../tensor/shape.ts';
export type { TensorOptions, TensorType } from '../tensor/tensor.ts';
export { full, indices, ones, Tensor, tensor, zeros } from '../tensor/tensor.ts';
export { vmap } from './batch/vmap.ts';
export { type GradcheckOptions, type GradcheckResult, gradcheck, gradGradcheck } from './checks/gradcheck.ts';
export { type GradcheckOpOptions, gradcheckOp } from './checks/gradcheckOp.ts';
export { hvp, hvpReverse } from './forward/hvp.ts';
export { jvp, type Linearised, linearise } from './forward/jvp.ts';
export { drawGraph } from './inspect/drawGraph.ts';
export { type CotangentHook, onCotangent } from './inspect/hooks.ts';
export { checkpoint } from './reverse/checkpoint.ts';
export { grad, valueAndGrad } from './reverse/grad.ts';
export { type PerTrajectoryOptions, perTrajectory } from './reverse/perTrajectory.ts';
export { type GradientShare, type Vjp, vjp } from './reverse/vjp.ts';
export { AnomalyError, withAnomalyDetection } from './trace/anomaly.ts';
export { apply } from './trace/apply.ts';
export { named } from './trace/names.ts';
export type {
  Batched,
  BatchRule,
  Decompose,
  Example,
  Forward,
  NoAttributes,
  Op,
  OuterTerms,
  PlacedTerms,
  Primal,
  RowTerms,
  Rule,
  SummedTerms,
} from './trace/op.ts';
export type { Parameters } from './trace/parameters.ts';
