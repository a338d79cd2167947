// What has computed, for documents: every report names backend, build and device, and what a GPU did of it.
import type { Crossover } from './gpu/crossover.ts';
import type { GpuKernels } from './gpu/gpuKernels.ts';
import type { Kernels } from './interface.ts';

/** What computes. */
export interface KernelsInfo {
  readonly backend: string;
  readonly build: string;
  readonly device: string;
  /** Only with a GPU: gpu.js's mode, from which sizes work goes there, and how many calls went there so far. */
  readonly gpu?: { readonly mode: string; readonly crossover: Crossover; readonly calls: number };
}

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
