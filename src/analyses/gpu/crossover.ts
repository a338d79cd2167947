// The size from which a GPU beats WASM on this machine: measured, transfers included, because they are what decides.
import type { Crossover } from '../../documents/kernels.ts';
import type { Gpu } from '../../kernels/gpu/gpu.ts';
import { GpuError } from '../../kernels/gpu/modes.ts';
import type { Kernels } from '../../kernels/index.ts';
import { type CaseName, caseOf, type GpuCase, timesOf, worstElement } from './cases.ts';

/** Sizes that are tried. */
const SIZES: readonly number[] = [64, 128, 256, 512, 1024];

/** Sizes up to which results are looked at: beyond, the plain loops take longer than the measurement. */
const CHECKED = 128;

/** A GPU that needs longer for one size wins at none: a software GPU would take minutes for the rest. */
const PATIENCE = 100;

/** A device that computes wrongly must not be believed, however fast it is. */
function checkRight(gpuCase: GpuCase, found: Float32Array): void {
  const { name, size } = gpuCase;
  if (size > CHECKED) return;
  const { maxError, tolerance } = worstElement(gpuCase, found);
  if (maxError <= tolerance) return;
  throw new GpuError(
    `this GPU computes wrongly: ${name} ${size} is off by ${maxError}, allowed are ${tolerance}`,
  );
}

/** The smallest tried size from which on the GPU is faster at every size. */
async function crossoverOf(name: CaseName, kernels: Kernels, gpu: Gpu): Promise<number | null> {
  let from: number | null = null;
  for (const size of SIZES) {
    const gpuCase = caseOf(name, size);
    checkRight(gpuCase, await gpu.compute(gpuCase.launch, gpuCase.operands));
    const { milliseconds, wasmMilliseconds } = await timesOf(gpuCase, gpu, kernels);
    if (milliseconds < wasmMilliseconds) from ??= size;
    else if (milliseconds > PATIENCE) return null;
    else from = null;
  }
  return from;
}

/**
 * Measures the crossovers: a second or two.
 * @throws GpuError if the GPU computes wrongly
 */
export async function measureCrossover(kernels: Kernels, gpu: Gpu): Promise<Crossover> {
  return {
    matmul: await crossoverOf('matmul nn', kernels, gpu),
    linearGelu: await crossoverOf('linearGelu', kernels, gpu),
    softmax: await crossoverOf('softmax', kernels, gpu),
    logSoftmax: await crossoverOf('logSoftmax', kernels, gpu),
  };
}
