// The allocator of kernel memory. It lives on the host, so that instances on other threads can share the memory. It keeps
// one list of free blocks for each size class, so allocating is a pop and releasing is a push. Free blocks are cut and merged only
// when the memory has reached its limit. The memory of a program that repeats itself stops growing after the first turn.
import { InputError } from '../../base/errors.ts';
import { showBytes } from '../../base/memory.ts';
import { checkAllocate, checkWrite } from '../checks.ts';
import type { DType, HostArray, KernelBuffer, MemoryUse } from '../interface.ts';
import { freeRuns, piecesOf, smallestOf } from './freeRuns.ts';
import { type GrowableMemory, MAXIMUM_PAGES, PAGE_BYTES } from './instantiate.ts';
import { classBytes, sizeClass } from './sizeClasses.ts';

const elementBytes: Record<DType, number> = { f32: 4, f64: 8, i32: 4 };

/** A block of kernel memory; `pointer` is 0 once it has been released. */
export class WasmBuffer implements KernelBuffer {
  readonly dtype: DType;
  readonly length: number;
  readonly heap: WasmHeap;
  readonly blockClass: number;
  pointer: number;

  constructor(heap: WasmHeap, dtype: DType, length: number, pointer: number, blockClass: number) {
    this.heap = heap;
    this.dtype = dtype;
    this.length = length;
    this.pointer = pointer;
    this.blockClass = blockClass;
  }
}

/** A place in the memory and its size class. */
interface Block {
  readonly pointer: number;
  readonly index: number;
}

/** Hands out blocks of a memory that grows by doubling. Blocks are 16-byte aligned and padded to 16 bytes. */
export class WasmHeap {
  private readonly memory: GrowableMemory;
  private free: number[][] = [];
  private readonly limit: number;
  private top = 64; // 0 marks a released buffer
  private live = 0;
  private peak = 0;
  private buffers = 0;
  private f32: Float32Array;
  private f64: Float64Array;
  private i32: Int32Array;

  /** @param maximumPages where growth ends: 4 GiB unless a test needs to reach the end */
  constructor(memory: GrowableMemory, maximumPages: number = MAXIMUM_PAGES) {
    this.memory = memory;
    this.limit = (maximumPages - 1) * PAGE_BYTES;
    this.f32 = new Float32Array(memory.buffer);
    this.f64 = new Float64Array(memory.buffer);
    this.i32 = new Int32Array(memory.buffer);
  }

  /** Allocates blocks that are never released, before there are any buffers: the fixed tables of an instance. Returns their addresses. */
  takeFixed(sizes: readonly number[]): number[] {
    return sizes.map((bytes) => this.fresh('i32', Math.ceil(bytes / 4), sizeClass(bytes)).pointer);
  }

  allocate(dtype: DType, length: number): WasmBuffer {
    checkAllocate(length);
    const bytes = length * elementBytes[dtype];
    const index = sizeClass(bytes);
    const reused = this.free[index]?.pop();
    const buffer =
      reused === undefined
        ? this.fresh(dtype, length, index)
        : new WasmBuffer(this, dtype, length, reused, index);
    this.live += bytes;
    if (this.live > this.peak) this.peak = this.live;
    this.buffers++;
    return buffer;
  }

  release(buffer: KernelBuffer): void {
    const pointer = this.pointerOf(buffer);
    const block = buffer as WasmBuffer;
    this.put(pointer, block.blockClass);
    block.pointer = 0;
    this.live -= buffer.length * elementBytes[buffer.dtype];
    this.buffers--;
  }

  /** The address of a live buffer of this heap. */
  pointerOf(buffer: KernelBuffer): number {
    if (!(buffer instanceof WasmBuffer) || buffer.heap !== this) {
      throw new Error('wasm kernels: a buffer of another backend or instance');
    }
    if (buffer.pointer === 0) {
      throw new Error(`wasm kernels: ${buffer.dtype}[${buffer.length}] is used after its release`);
    }
    return buffer.pointer;
  }

  write(buffer: KernelBuffer, values: ArrayLike<number>): void {
    checkWrite(buffer, values);
    this[buffer.dtype].set(values, this.pointerOf(buffer) / elementBytes[buffer.dtype]);
  }

  read(buffer: KernelBuffer): HostArray {
    const start = this.pointerOf(buffer) / elementBytes[buffer.dtype];
    return this[buffer.dtype].slice(start, start + buffer.length);
  }

  /** The memory as i32, for small tables of the host. Ask for it again after every allocation. */
  words(): Int32Array {
    return this.i32;
  }

  use(): MemoryUse {
    return {
      live: this.live,
      peak: this.peak,
      reserved: this.memory.buffer.byteLength,
      limit: this.limit,
      buffers: this.buffers,
    };
  }

  private put(pointer: number, index: number): void {
    const list = this.free[index];
    if (list === undefined) this.free[index] = [pointer];
    else list.push(pointer);
  }

  /** Makes a run of addresses free, in blocks. */
  private putAll(from: number, to: number): void {
    for (const { pointer, index } of piecesOf(from, to)) this.put(pointer, index);
  }

  /** A block behind all others; where the memory has reached its limit, a free block of a larger class, or merged free blocks. */
  private fresh(dtype: DType, length: number, index: number): WasmBuffer {
    const block = this.behind(index) ?? this.larger(index) ?? this.merged(index);
    if (block !== undefined) return new WasmBuffer(this, dtype, length, block.pointer, block.index);
    throw new InputError(
      `kernel memory is exhausted: ${dtype}[${length}] needs ${showBytes(length * elementBytes[dtype])} beside ` +
        `${showBytes(this.live)} in ${this.buffers} buffers, and ${showBytes(this.limit)} can be had`,
    );
  }

  private behind(index: number): Block | undefined {
    const pointer = this.top;
    const end = pointer + classBytes(index);
    if (end > this.limit || !this.reserve(end)) return undefined;
    this.top = end;
    return { pointer, index };
  }

  /** The beginning of a free block of a larger class; the rest of it stays free. */
  private larger(index: number): Block | undefined {
    for (let larger = index + 1; larger < this.free.length; larger++) {
      const pointer = this.free[larger]?.pop();
      if (pointer === undefined) continue;
      this.putAll(pointer + classBytes(index), pointer + classBytes(larger));
      return { pointer, index };
    }
    return undefined;
  }

  /** Merges the free blocks that touch, takes a block from the smallest run that holds it, and cuts all other runs into blocks. */
  private merged(index: number): Block | undefined {
    const runs = freeRuns(this.free);
    if (runs.at(-1)?.to === this.top) this.top = runs.pop()!.from;
    const taken = smallestOf(runs, classBytes(index));
    this.free = [];
    for (const run of runs) {
      const from = run === taken ? run.from + classBytes(index) : run.from;
      this.putAll(from, run.to);
    }
    return taken === undefined ? this.behind(index) : { pointer: taken.from, index };
  }

  /** Makes addresses below `end` usable. The page behind the last block always exists, so that reads may run past the end. */
  private reserve(end: number): boolean {
    const pages = this.memory.buffer.byteLength / PAGE_BYTES;
    const needed = Math.ceil(end / PAGE_BYTES) + 1;
    if (needed <= pages) return true;
    const wanted = Math.min(Math.max(needed, 2 * pages), this.limit / PAGE_BYTES + 1);
    try {
      this.memory.grow(wanted - pages);
    } catch {
      try {
        this.memory.grow(needed - pages);
      } catch {
        return false;
      }
    }
    this.f32 = new Float32Array(this.memory.buffer);
    this.f64 = new Float64Array(this.memory.buffer);
    this.i32 = new Int32Array(this.memory.buffer);
    return true;
  }
}
