// Public surface of the engine: transforms, tensors, scopes, the choice of kernels, and all op functions.

export type { DType, FloatType, HostArray, Kernels } from '../kernels/interface.ts';
export * from '../ops/index.ts';
export { currentKernels, useKernels } from '../tensor/backend.ts';
export type { Nested } from '../tensor/nested.ts';
export { scope } from '../tensor/scope.ts';
export type { Shape } from '../tensor/shape.ts';
export type { TensorOptions, TensorType } from '../tensor/tensor.ts';
export { full, indices, ones, Tensor, tensor, zeros } from '../tensor/tensor.ts';
export { grad, valueAndGrad } from './grad.ts';
export { type GradcheckOptions, type GradcheckResult, gradcheck, gradGradcheck } from './gradcheck.ts';
export { hvp, hvpReverse } from './hvp.ts';
export { jvp } from './jvp.ts';
export type { Parameters } from './parameters.ts';
export { type Vjp, vjp } from './vjp.ts';
