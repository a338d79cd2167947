// Public surface of gradsplit/gpu: GPUs by gpu.js, which is passed in; kernels on them, and what they can do.
export type { GpuDocument, KernelReport, ModeReport } from '../../documents/gpu.ts';
export type { Crossover } from '../../documents/kernels.ts';
export { isSoftware } from '../../kernels/gpu/device.ts';
export { type Gpu, type GpuOperand, openGpu, type SyncGpu, type Texture } from '../../kernels/gpu/gpu.ts';
export type { GpuJs } from '../../kernels/gpu/gpujs.ts';
export { everythingFrom, type GpuKernels, gpuKernels } from '../../kernels/gpu/gpuKernels.ts';
export type { Launch, Program } from '../../kernels/gpu/launch.ts';
export {
  GpuError,
  type GpuMode,
  gpuModes,
  type SyncGpuMode,
  syncGpuModes,
} from '../../kernels/gpu/modes.ts';
export { geluLaunch, linearLaunch, matmulLaunch } from '../../kernels/gpu/products.ts';
export { rowLaunch } from '../../kernels/gpu/rows.ts';
export type { LinearSizes, MatmulForm, MatmulSizes, RowKernel } from '../../kernels/operands.ts';
export { measureCrossover } from './crossover.ts';
export { gpu, type SurveyOptions, surveyGpu, surveyMode, wrongKernels } from './survey.ts';
