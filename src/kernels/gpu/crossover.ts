// The size from which a GPU beats WASM on this machine: measured, transfers included, because they are what decides.
import type { Crossover } from '../../documents/kernels.ts';
import type { Kernels } from '../interface.ts';
import { casesOf, type GpuCase, worst } from './cases.ts';
import { GpuError } from './mode.ts';
import type { Texture } from './program.ts';

/** Sizes that are tried. */
const SIZES: readonly number[] = [64, 128, 256, 512, 1024];

/** A GPU that needs longer for one size wins at none: a software GPU would take minutes for the rest. */
const PATIENCE = 100;

/** The crossover that keeps everything on WASM. */
export const NEVER: Crossover = { matmul: null, linearGelu: null, softmax: null, logSoftmax: null };

/** Everything on the GPU, from a given size; 1 sends all there is. */
export function everythingFrom(size: number): Crossover {
  return { matmul: size, linearGelu: size, softmax: size, logSoftmax: size };
}

/** A measurement lasts at least so many milliseconds: browsers round their clock. */
const LEAST = 5;

/** Milliseconds of a call, at once or later, that has been made before: the first one compiles. */
export async function millisecondsOf(body: () => unknown): Promise<number> {
  for (let calls = 1; ; calls *= 4) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) {
      const result = body();
      if (result instanceof Promise) await result;
    }
    const elapsed = performance.now() - start;
    if (elapsed >= LEAST) return elapsed / calls;
  }
}

/** Milliseconds on WASM, operands in place. */
export async function wasmMilliseconds(kernels: Kernels, gpuCase: GpuCase): Promise<number> {
  const operands = gpuCase.operands.map((values) => {
    const buffer = kernels.allocate('f32', values.length);
    kernels.write(buffer, values);
    return buffer;
  });
  const out = kernels.allocate('f32', gpuCase.length);
  try {
    const call = (): void => gpuCase.onKernels(kernels, operands, out);
    call();
    return await millisecondsOf(call);
  } finally {
    for (const buffer of [...operands, out]) kernels.release(buffer);
  }
}

/** What computes launches, at once or later. */
export interface Computing {
  upload(values: Float32Array): Texture | Promise<Texture>;
  compute(launch: ReturnType<GpuCase['launch']>): Float32Array | Promise<Float32Array>;
}

/** Sends a case's operands, computes it, fetches the result. */
export async function onGpu(gpu: Computing, gpuCase: GpuCase): Promise<Float32Array> {
  const textures: Texture[] = [];
  try {
    for (const values of gpuCase.operands) textures.push(await gpu.upload(values));
    return await gpu.compute(gpuCase.launch(textures));
  } finally {
    for (const texture of textures) texture.delete();
  }
}

/** Sizes up to which results are looked at: beyond, the plain loops take longer than the measurement. */
const CHECKED = 128;

/** A device that computes wrongly must not be believed, however fast it is. */
function checkRight(found: Float32Array, gpuCase: GpuCase): void {
  if (gpuCase.size > CHECKED) return;
  const { maxError, tolerance } = worst(found, gpuCase);
  if (maxError <= tolerance) return;
  throw new GpuError(
    `this GPU computes wrongly: ${gpuCase.name} ${gpuCase.size} is off by ${maxError}, allowed are ${tolerance}`,
  );
}

/** The smallest tried size from which on the GPU is faster at every size. */
async function crossoverOf(kernels: Kernels, gpu: Computing, name: string): Promise<number | null> {
  let from: number | null = null;
  for (const size of SIZES) {
    const gpuCase = casesOf(size).find((c) => c.name === name)!;
    checkRight(await onGpu(gpu, gpuCase), gpuCase);
    const there = await millisecondsOf(() => onGpu(gpu, gpuCase));
    const here = await wasmMilliseconds(kernels, gpuCase);
    if (there >= here) from = null;
    else from ??= size;
    if (there >= here && there > PATIENCE) return null;
  }
  return from;
}

/**
 * Measures the crossovers: a second or two.
 * @throws GpuError if the GPU computes wrongly
 */
export async function measureCrossover(kernels: Kernels, gpu: Computing): Promise<Crossover> {
  return {
    matmul: await crossoverOf(kernels, gpu, 'matmul nn'),
    linearGelu: await crossoverOf(kernels, gpu, 'linearGelu'),
    softmax: await crossoverOf(kernels, gpu, 'softmax'),
    logSoftmax: await crossoverOf(kernels, gpu, 'logSoftmax'),
  };
}
