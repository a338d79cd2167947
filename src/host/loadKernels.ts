// Loads the WebAssembly kernels from the files of the build: relaxed SIMD where the engine supports it, else plain.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InputError } from '../base/errors.ts';
import type { Kernels } from '../kernels/index.ts';
import { wasmKernels } from '../kernels/index.ts';
import { builtFile } from './built.ts';
import { awaitThreads, awaitThreadsSync, chooseThreads, workerThreads } from './threads.ts';
import { availableBuild, chooseBuild, type WasmBuild } from './wasmBuild.ts';

/** Returns the URL of the WebAssembly file of a build. */
export function wasmFile(build: WasmBuild): URL {
  return builtFile(`wasm/${build}.wasm`);
}

function explain(error: unknown, file: URL): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error;
  return new InputError(
    `the kernels have not been built: ${fileURLToPath(file)} is missing, run "npm run build" first`,
  );
}

/**
 * Reads the bytes of the WebAssembly module.
 * @throws InputError if the file has not been built
 */
export function readWasmBytes(file: URL = wasmFile(chooseBuild())): Uint8Array<ArrayBuffer> {
  try {
    return readFileSync(file);
  } catch (error) {
    throw explain(error, file);
  }
}

/** `LoadOptions` say which kernels to load. */
export interface LoadOptions {
  /** The build; if left out, the one named by GRADSPLIT_SIMD, else the fastest that this engine runs. */
  readonly build?: WasmBuild;
  /**
   * The number of threads that compute; if left out, GRADSPLIT_THREADS, else one. Results do not depend on
   * it.
   */
  readonly threads?: number;
}

/**
 * Loads a WebAssembly backend with its own memory from the file of the package.
 * @throws InputError if the module has not been built, or if the build or the number of threads is not
 * available
 * @example
 * ```ts
 * import { loadWasmKernelsSync } from 'gradsplit/node';
 * loadWasmKernelsSync({ build: 'plain' }).build; // → 'plain'
 * ```
 */
export function loadWasmKernelsSync({ build, threads }: LoadOptions = {}): Kernels {
  const count = chooseThreads(threads);
  const kernels = wasmKernels(readWasmBytes(wasmFile(availableBuild(build))), workerThreads(count));
  awaitThreadsSync(kernels, count);
  return kernels;
}

/**
 * Loads a WebAssembly backend with its own memory from the file of the package, without blocking.
 * @throws InputError if the module has not been built, or if the build or the number of threads is not
 * available
 * @example
 * ```ts
 * import { tensor, useKernels } from 'gradsplit/autodiff';
 * import { loadWasmKernels } from 'gradsplit/node';
 * useKernels(await loadWasmKernels({ threads: 1 }));
 * tensor([1, 2, 3]).size; // → 3
 * ```
 */
export async function loadWasmKernels({ build, threads }: LoadOptions = {}): Promise<Kernels> {
  const count = chooseThreads(threads);
  const file = wasmFile(availableBuild(build));
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw explain(error, file);
  }
  const kernels = wasmKernels(bytes, workerThreads(count));
  await awaitThreads(kernels, count);
  return kernels;
}
