// The WebAssembly backend. Its module is built from assembly/. The caller provides the bytes, because the kernels need not
// know where they come from (a file, the network).
import type { Kernels } from '../interface.ts';
import { optimiserKernels } from './adamw.ts';
import { attentionKernels } from './attention.ts';
import { cachedAttentionKernels } from './cachedAttention.ts';
import { crossEntropyKernels } from './crossEntropy.ts';
import { elementwiseKernels } from './elementwise.ts';
import { gatherKernels } from './gather.ts';
import { layerNormKernels } from './layerNorm.ts';
import { startMachine, type Threads } from './machine.ts';
import { maskKernels } from './mask.ts';
import { matmulKernels } from './matmul.ts';
import { rmsNormKernels } from './rmsNorm.ts';
import { rotaryKernels } from './rotary.ts';
import { rowKernels } from './rows.ts';
import { stridedKernels } from './strided.ts';

/**
 * A WebAssembly backend with memory of its own (up to 4 GiB; it grows as needed and never shrinks). In Node `loadWasmKernels` of
 * gradsplit/node reads the bytes; in a browser `fetch` them.
 * @param bytes the content of plain.wasm or relaxed.wasm
 * @param threads helpers that compute beside the calling thread; none if left out. Results do not depend on their number
 * @throws CompileError of the engine if the bytes are not a module, or if 128-bit SIMD or threads are missing
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { wasmKernels } from 'gradsplit/kernels';
 * const url = import.meta.resolve('gradsplit/wasm/plain.wasm'); // in a browser: await (await fetch(…)).arrayBuffer()
 * wasmKernels(readFileSync(new URL(url))).build; // → 'plain'
 * ```
 */
export function wasmKernels(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer, threads?: Threads): Kernels {
  const machine = startMachine(bytes, threads);
  const { heap, team } = machine;
  const elementwise = elementwiseKernels(machine);
  const products = matmulKernels(machine);
  return {
    backend: 'wasm',
    device: 'cpu',
    build: machine.exports.isRelaxed() === 0 ? 'plain' : 'relaxed',
    get threads() {
      return team.threads;
    },
    allocate: (dtype, length) => heap.allocate(dtype, length),
    release: (buffer) => heap.release(buffer),
    write: (buffer, values) => heap.write(buffer, values),
    readSync: (buffer) => heap.read(buffer),
    read: async (buffer) => heap.read(buffer),
    memory: () => heap.use(),
    ...elementwise,
    ...rowKernels(machine),
    ...layerNormKernels(machine),
    ...rmsNormKernels(machine),
    ...rotaryKernels(machine),
    ...crossEntropyKernels(machine),
    ...optimiserKernels(machine),
    ...attentionKernels(machine),
    ...cachedAttentionKernels(machine),
    ...maskKernels(machine),
    ...products,
    linearGelu(x, weight, bias, out, sizes) {
      products.linear(x, weight, bias, out, sizes);
      elementwise.unary('gelu', out, out);
    },
    ...gatherKernels(machine),
    ...stridedKernels(machine),
  };
}
