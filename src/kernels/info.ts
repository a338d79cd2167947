// What has computed, for documents: every report names backend, build and device, and what a GPU did of it.
import type { KernelsInfo } from '../documents/kernels.ts';
import type { GpuKernels } from './gpu/gpuKernels.ts';
import type { Kernels } from './interface.ts';

/** Whether these kernels have a GPU. */
export function isGpu(kernels: Kernels): kernels is GpuKernels {
  return kernels.backend === 'gpu';
}

/** What computes, as it is now. */
export function kernelsInfo(kernels: Kernels): KernelsInfo {
  const { backend, build, device } = kernels;
  if (!isGpu(kernels)) return { backend, build, device };
  const { mode, crossover, gpuCalls } = kernels;
  return { backend, build, device, gpu: { mode, crossover, calls: gpuCalls } };
}
