// The kernels that tests of exact computations run on: WebAssembly as built, else the reference.
import { existsSync } from 'node:fs';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { referenceKernels } from '../../src/kernels/index.ts';
import { useKernels } from '../../src/tensor/backend.ts';

/** Chooses them; idempotent. */
export function chooseKernels(): void {
  const built = existsSync(new URL('../../dist/wasm/plain.wasm', import.meta.url));
  useKernels(built ? loadWasmKernelsSync() : referenceKernels());
}
