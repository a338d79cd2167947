// Loads gpu.js, which need not be installed, and opens kernels on it. Nothing imports the package before it is asked for.
import { InputError } from '../../base/errors.ts';
import {
  type GpuJs,
  gpuKernels,
  measureCrossover,
  openGpu,
  type SyncGpu,
  syncGpuModes,
} from '../../kernels/gpu/index.ts';
import type { Kernels } from '../../kernels/index.ts';

/** How to get gpu.js, for every message that needs it. */
const MISSING =
  'gpu.js is not installed; "npm install gpu.js" beside gradsplit gets it, docs/gpu.md says what each mode needs';

/** gpu.js. @throws InputError saying how to get it if it is not installed */
export async function loadGpuJs(): Promise<GpuJs> {
  try {
    return (await import('gpu.js')).default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') throw new InputError(MISSING);
    throw new InputError(`gpu.js does not load: ${(error as Error).message}`, { cause: error });
  }
}

/** The first mode that answers at once and works. @throws InputError with the reason of each if none does */
function openFirst(gpujs: GpuJs): SyncGpu {
  const reasons: string[] = [];
  for (const mode of syncGpuModes) {
    try {
      return openGpu(gpujs, mode);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new InputError(
    `no GPU mode works here: ${reasons.join('; ')}; WebGPU answers too late for these commands`,
  );
}

/**
 * WASM kernels with a GPU for what is above the crossover, which is measured first.
 * @throws InputError if gpu.js is not installed or no mode works
 */
export async function withGpu(kernels: Kernels): Promise<Kernels> {
  const gpu = openFirst(await loadGpuJs());
  return gpuKernels(kernels, gpu, await measureCrossover(kernels, gpu));
}
