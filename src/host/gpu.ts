// Loads gpu.js, which need not be installed, and opens kernels on it. The package is imported only when a GPU is requested.

import {
  everythingFrom,
  type GpuJs,
  gpuKernels,
  measureCrossover,
  openGpu,
  type SyncGpu,
  syncGpuModes,
} from '../analyses/gpu/index.ts';
import { InputError } from '../base/errors.ts';
import type { Crossover } from '../documents/kernels.ts';
import type { Kernels } from '../kernels/index.ts';

/** Every message that needs gpu.js says how to install it. */
const MISSING =
  'gpu.js is not installed; "npm install gpu.js" beside gradsplit gets it, docs/gpu.md says what each mode needs';

/**
 * Imports gpu.js.
 * @throws InputError saying how to install it if it is missing
 */
export async function loadGpuJs(): Promise<GpuJs> {
  try {
    return (await import('gpu.js')).default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') throw new InputError(MISSING);
    throw new InputError(`gpu.js does not load: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Opens the first mode that responds and works.
 * @throws InputError with the reason of each mode if none does
 */
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
 * Returns the crossovers given by the environment variable GRADSPLIT_GPU_FROM, which makes a run repeatable,
 * or undefined if it is not set.
 * @throws InputError unless it is a whole number of at least 1
 */
export function crossoverFromEnvironment(
  text: string | undefined = process.env.GRADSPLIT_GPU_FROM,
): Crossover | undefined {
  if (text === undefined || text === '') return undefined;
  const size = Number(text);
  if (Number.isSafeInteger(size) && size >= 1) return everythingFrom(size);
  throw new InputError(`GRADSPLIT_GPU_FROM must be a whole number of at least 1, found "${text}"`);
}

/**
 * Creates WASM kernels that use a GPU above the crossover, which is measured first.
 * @throws InputError if gpu.js is not installed, no mode works, or GRADSPLIT_GPU_FROM is not a size
 */
export async function withGpu(kernels: Kernels): Promise<Kernels> {
  const given = crossoverFromEnvironment();
  const gpu = openFirst(await loadGpuJs());
  return gpuKernels(kernels, gpu, given ?? (await measureCrossover(kernels, gpu)));
}
