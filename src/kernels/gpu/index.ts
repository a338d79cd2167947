// Public surface of gradsplit/gpu: GPUs by gpu.js, which is passed in.
export type { KernelReport, ModeReport } from '../../documents/gpu.ts';
export type { Crossover } from '../../documents/kernels.ts';
export type { MatmulSizes } from '../operands.ts';
export { type AsyncGpu, openAsyncGpu } from './asyncGpu.ts';
export { everythingFrom, measureCrossover, NEVER } from './crossover.ts';
export { isSoftware } from './device.ts';
export type { GpuJs } from './gpujs.ts';
export { type GpuKernels, gpuKernels } from './gpuKernels.ts';
export { GpuError, type GpuMode, gpuModes, type SyncGpuMode, syncGpuModes } from './mode.ts';
export { geluLaunch, linearGeluLaunch, linearLaunch, matmulLaunch } from './products.ts';
export type { Launch, Operand, Program, Texture } from './program.ts';
export { rowLaunch } from './rowPrograms.ts';
export { absent, type SurveyOptions, surveyGpu, surveyMode } from './survey.ts';
export { openGpu, type SyncGpu } from './syncGpu.ts';
