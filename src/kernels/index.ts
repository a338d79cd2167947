// The public surface of the kernels: the interface and its two backends.
export type { KernelsInfo } from '../documents/kernels.ts';
export type { KernelChoice, Kernels, MemoryUse } from './interface.ts';
export type { DType, FloatType, HostArray, KernelBuffer } from './operands.ts';
export { referenceKernels } from './reference/index.ts';
export { type KernelUsage, type TimedKernels, timedKernels } from './timed.ts';
export { wasmKernels } from './wasm/index.ts';
export type { Threads } from './wasm/machine.ts';
export { relaxedProbe } from './wasm/relaxedProbe.ts';
export { type HelperTask, serve } from './wasm/team/helper.ts';
