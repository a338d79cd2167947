// Loads the WebAssembly kernels from the file the build has written.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../base/errors.ts';
import type { Kernels } from '../../kernels/index.ts';
import { wasmKernels } from '../../kernels/index.ts';

/** dist/wasm/plain.wasm, seen from dist/src/experiments/host/ or, when the sources run, from src/experiments/host/. */
const wasmFile: URL = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/wasm/plain.wasm' : '../../../wasm/plain.wasm',
  import.meta.url,
);

function explain(error: unknown, file: URL): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error;
  return new InputError(
    `the kernels have not been built: ${fileURLToPath(file)} is missing, run "npm run build" first`,
  );
}

/** The bytes of the WebAssembly module. @throws InputError if the file has not been built */
export function readWasmBytes(file: URL = wasmFile): Uint8Array<ArrayBuffer> {
  try {
    return readFileSync(file);
  } catch (error) {
    throw explain(error, file);
  }
}

/** A WebAssembly backend with memory of its own. @throws InputError if the module has not been built */
export function loadWasmKernelsSync(): Kernels {
  return wasmKernels(readWasmBytes());
}

/** The same without blocking on the file. @throws InputError if the module has not been built */
export async function loadWasmKernels(): Promise<Kernels> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readFile(wasmFile);
  } catch (error) {
    throw explain(error, wasmFile);
  }
  return wasmKernels(bytes);
}
