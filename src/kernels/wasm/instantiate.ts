// Compiles the module and gives it a shared memory, so that the module can also run on several threads. The buffer of a
// shared memory does not detach when it grows, but growth makes a new, longer buffer object.
import { InputError } from '../../base/errors.ts';
import type { FloatType } from '../operands.ts';
import type { TypedExports, UntypedExports } from './exports.ts';
import { functionsOf, type WasmFunction } from './team/control.ts';

/** Pages are 64 KiB. The last page is never used: addresses behind the last element must not wrap around. */
export const PAGE_BYTES = 65536;
export const MAXIMUM_PAGES = 65536;
/** The most bytes that kernels of WebAssembly can hold. */
export const MOST_KERNEL_BYTES: number = (MAXIMUM_PAGES - 1) * PAGE_BYTES;
const INITIAL_PAGES = 256;

/** What we need of a WebAssembly.Memory. */
export interface GrowableMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** What the module exports. Functions for f32 and f64 stand under their common names. */
export type WasmExports = UntypedExports & Readonly<Record<FloatType, TypedExports>>;

/** An instance and its memory. */
export interface WasmInstance {
  readonly compiled: object;
  readonly memory: GrowableMemory;
  readonly exports: WasmExports;
  /** The exported functions as a list, in the same order for every instance. */
  readonly functions: readonly WasmFunction[];
}

/** @throws InputError if the process may not have so many addresses */
function shareableMemory(): GrowableMemory {
  try {
    return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(
      'the memory of the kernels cannot be had: engines reserve up to 10 GiB of addresses for it, of which few are used; ' +
        'expected a process that may have them (ulimit -v unlimited), found one that may not',
      { cause: error },
    );
  }
}

/**
 * Compiles and instantiates synchronously.
 * @throws InputError if the memory cannot be had
 */
export function instantiate(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): WasmInstance {
  const memory = shareableMemory();
  const compiled = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  const named = instance.exports as Record<string, WasmFunction>;
  return { compiled, memory, exports: byType(named), functions: functionsOf(named) };
}

/** Separates `<name>F32` and `<name>F64`. */
function byType(named: Readonly<Record<string, WasmFunction>>): WasmExports {
  const all: Record<FloatType | 'none', Record<string, WasmFunction>> = { f32: {}, f64: {}, none: {} };
  for (const [name, run] of Object.entries(named)) {
    const typed = /^(.*)F(32|64)$/.exec(name);
    if (typed === null) all.none[name] = run;
    else all[typed[2] === '32' ? 'f32' : 'f64'][typed[1]!] = run;
  }
  return { ...all.none, f32: all.f32, f64: all.f64 } as unknown as WasmExports;
}
