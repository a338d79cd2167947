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
export { AnomalyError, withAnomalyDetection } from './anomaly.ts';
export { apply } from './apply.ts';
export { checkpoint } from './checkpoint.ts';
export { drawGraph } from './drawGraph.ts';
export { grad, valueAndGrad } from './grad.ts';
export { type GradcheckOptions, type GradcheckResult, gradcheck, gradGradcheck } from './gradcheck.ts';
export {
  type HessianRoute,
  hessianRoutes,
  hvpForwardOverForward,
  hvpReverseOverForward,
} from './hessianRoutes.ts';
export { type CotangentHook, onCotangent } from './hooks.ts';
export { hvp, hvpReverse } from './hvp.ts';
export { jvp } from './jvp.ts';
export { named } from './names.ts';
export type {
  Batched,
  BatchRule,
  Decompose,
  Example,
  Forward,
  NoAttributes,
  Op,
  Primal,
  Rule,
} from './op.ts';
export type { Parameters } from './parameters.ts';
export { type PerTrajectoryOptions, perTrajectory } from './perTrajectory.ts';
export { type Vjp, vjp } from './vjp.ts';
export { vmap } from './vmap.ts';
