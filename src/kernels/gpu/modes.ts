// The modes of gpu.js and the kernel class that each must build: gpu.js may say that a GPU is there while none works, and may
// compute on the CPU without saying so, so what it is called is never believed.
import { InputError } from '../../base/errors.ts';
import type { GpuJs, GpuJsKernel } from './gpujs.ts';

/** An error of the GPU, its driver or gpu.js, in one sentence. */
export class GpuError extends InputError {
  override readonly name: string = 'GpuError';
}

/** Every mode: the only class whose results are taken, and what the mode needs. */
export const modes = {
  webgl2: { kernelClass: 'WebGL2Kernel', needs: 'a browser with WebGL2' },
  webgl: { kernelClass: 'WebGLKernel', needs: 'a browser with WebGL' },
  headlessgl: { kernelClass: 'HeadlessGLKernel', needs: 'Node.js with the package gl and a display' },
  webgpu: { kernelClass: 'WebGPUKernel', needs: 'navigator.gpu with an adapter' },
  cpu: { kernelClass: 'CPUKernel', needs: 'nothing' },
} as const;

/** Modes that may be opened by name; gpu.js's CPU kernels serve to try kernel sources without a GPU. */
export type OpenableMode = keyof typeof modes;

/** Modes that compute on a GPU; WebGPU answers later. */
export type GpuMode = Exclude<OpenableMode, 'cpu'>;

/** The modes that answer at once. */
export type SyncGpuMode = Exclude<GpuMode, 'webgpu'>;

/** Those that `Kernels` can be made of, in order of preference. */
export const syncGpuModes: readonly SyncGpuMode[] = ['webgl2', 'webgl', 'headlessgl'];

/** Every GPU mode, in order of preference. */
export const gpuModes: readonly GpuMode[] = [...syncGpuModes, 'webgpu'];

/**
 * Looks at what gpu.js has built. By identity, because a minified bundle has other names.
 * @throws GpuError unless it is the class of the mode
 */
export function checkKernelClass(gpujs: GpuJs, mode: OpenableMode, built: GpuJsKernel): void {
  const expected = modes[mode].kernelClass;
  const found = built.kernel.constructor;
  if (found === gpujs[expected]) return;
  const known = Object.entries(gpujs).find(([, value]) => value === found)?.[0];
  const name = known ?? (found as { readonly name?: string }).name ?? 'an unknown class';
  throw new GpuError(
    `gpu.js mode ${mode}: expected a ${expected}, but gpu.js built ${name}: its result is not used`,
  );
}
