// The one interface between the engine and the code that computes. Ops call it and know no backend behind it.
import type { DType, HostArray, KernelBuffer } from './operands.ts';
import type { KernelTable } from './table.ts';

export type * from './operands.ts';

/** Bytes of kernel memory: in live buffers now, at the peak, reserved from the system, and the most that there can be. */
export interface MemoryUse {
  readonly live: number;
  readonly peak: number;
  readonly reserved: number;
  readonly limit: number;
  readonly buffers: number;
}

/** Which variant of a kernel computes a shape, and the times that decided (Infinity where none was taken yet). */
export interface KernelChoice {
  readonly shape: string;
  readonly variant: string;
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** What a backend is, and its memory. */
export interface Backend {
  /** What computes: `wasm`, `gpu` (with WebAssembly for all else) or `reference`. */
  readonly backend: 'wasm' | 'gpu' | 'reference';
  /** On what: `cpu`, or the GPU as its driver names it. */
  readonly device: string;
  /** Which build: `plain` or `relaxed` (fused multiply-add); the reference says `plain-loops`. */
  readonly build: string;

  /** Threads that compute now. */
  readonly threads: number;

  /** A buffer of `length` elements with undefined content. */
  allocate(dtype: DType, length: number): KernelBuffer;
  /** Gives a buffer back; using it afterwards is a defect of the caller. */
  release(buffer: KernelBuffer): void;
  /** Copies host values into the whole buffer (lengths must agree). */
  write(buffer: KernelBuffer, values: ArrayLike<number>): void;
  /** A copy of the buffer's content: [length]. */
  readSync(buffer: KernelBuffer): HostArray;
  /** The same [length] for backends that cannot answer at once. */
  read(buffer: KernelBuffer): Promise<HostArray>;
  memory(): MemoryUse;
  /** Variants chosen so far, for the shapes that were asked for; a backend with one variant has none. */
  choices(): readonly KernelChoice[];
}

/** The kernels, one method for each entry of the table, which says what it computes, from what, and where to. */
export type Computing = {
  readonly [K in keyof KernelTable]: (...operands: Parameters<KernelTable[K]>) => void;
};

/** A backend: it has memory and computes. */
export interface Kernels extends Backend, Computing {}
