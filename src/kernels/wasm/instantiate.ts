// Compiles the module and gives it a shared memory. Shared, because a module that imports shared memory can then also
// run on several threads; its buffer does not detach on growth, but growth makes a new, longer buffer object.
import type { WasmExports } from './exports.ts';

/** Pages are 64 KiB. The last page is never used: addresses behind the last element must not wrap around. */
export const PAGE_BYTES = 65536;
export const MAXIMUM_PAGES = 65536;
const INITIAL_PAGES = 256;

/** What we need of a WebAssembly.Memory. */
export interface GrowableMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** An instance and its memory. */
export interface WasmInstance {
  readonly compiled: object;
  readonly memory: GrowableMemory;
  readonly exports: WasmExports;
}

/** Compiles and instantiates synchronously. */
export function instantiate(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): WasmInstance {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true });
  const compiled = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  return { compiled, memory, exports: instance.exports as WasmExports };
}
