// The WebAssembly backend. Its module is built from assembly/; the caller provides the bytes, because where they come
// from (a file, the network) is no business of the kernels.
import type { Kernels } from '../interface.ts';
import { elementwiseKernels } from './elementwise.ts';
import { crossEntropyKernels, maskKernels, normKernels } from './fused.ts';
import { gatherKernels } from './gather.ts';
import { startMachine } from './machine.ts';
import { matmulKernels } from './matmul.ts';
import { rowKernels } from './rows.ts';
import { stridedKernels } from './strided.ts';

/**
 * A backend with memory of its own (up to 4 GiB; it grows as needed and never shrinks).
 * @param bytes the content of plain.wasm or relaxed.wasm
 * @throws CompileError of the engine if the bytes are no module or 128-bit SIMD or threads are missing
 */
export function wasmKernels(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Kernels {
  const machine = startMachine(bytes);
  const { heap } = machine;
  return {
    backend: 'wasm',
    build: machine.exports.isRelaxed() === 0 ? 'plain' : 'relaxed',
    allocate: (dtype, length) => heap.allocate(dtype, length),
    release: (buffer) => heap.release(buffer),
    write: (buffer, values) => heap.write(buffer, values),
    readSync: (buffer) => heap.read(buffer),
    read: async (buffer) => heap.read(buffer),
    memory: () => heap.use(),
    ...elementwiseKernels(machine),
    ...rowKernels(machine),
    ...normKernels(machine),
    ...crossEntropyKernels(machine),
    ...maskKernels(machine),
    ...matmulKernels(machine),
    ...gatherKernels(machine),
    ...stridedKernels(machine),
  };
}
