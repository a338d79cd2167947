// The allocator of kernel memory: reuse, alignment, no overlap.
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { randomStream } from '../../src/base/random.ts';
import type { KernelBuffer } from '../../src/kernels/index.ts';
import { wasmKernels } from '../../src/kernels/index.ts';
import { WasmHeap } from '../../src/kernels/wasm/heap.ts';
import type { GrowableMemory } from '../../src/kernels/wasm/instantiate.ts';
import { classBytes, sizeClass } from '../../src/kernels/wasm/sizeClasses.ts';
import { reference, wasmBytes } from './backends.ts';

/** A memory that grows from one page to so many, and keeps its content. */
function realMemory(maximum: number): GrowableMemory {
  return new WebAssembly.Memory({ initial: 1, maximum, shared: true }) as GrowableMemory;
}

/** A memory of the given pages that grows up to `limit` pages. */
function fakeMemory(pages: number, limit: number): GrowableMemory & { growths: number } {
  return {
    buffer: new SharedArrayBuffer(pages * 65536),
    growths: 0,
    grow(more) {
      const before = this.buffer.byteLength / 65536;
      if (before + more > limit) throw new RangeError('no more');
      (this as { buffer: SharedArrayBuffer }).buffer = new SharedArrayBuffer((before + more) * 65536);
      this.growths++;
      return before;
    },
  };
}

describe('size classes', () => {
  it('fit every request with at most a fifth of the block unused', () => {
    for (const bytes of [
      0,
      1,
      16,
      17,
      255,
      256,
      257,
      320,
      321,
      1000,
      4096,
      4097,
      65535,
      1e6,
      2 ** 30 + 1,
      2 ** 32 - 70000,
    ]) {
      const block = classBytes(sizeClass(bytes));
      expect(block).toBeGreaterThanOrEqual(bytes);
      expect(block % 16).toBe(0);
      expect(block - bytes).toBeLessThan(Math.max(32, block / 5));
    }
  });

  it('are monotone and their own inverse', () => {
    for (let index = 1; index < 120; index++) {
      expect(sizeClass(classBytes(index))).toBe(index);
      expect(sizeClass(classBytes(index) + 1)).toBe(index + 1);
    }
  });
});

describe('the allocator', () => {
  it('gives a released block to the next request of its class', () => {
    const heap = new WasmHeap(fakeMemory(4, 64));
    const first = heap.allocate('f32', 100);
    const at = first.pointer;
    heap.release(first);
    expect(heap.allocate('f64', 50).pointer).toBe(at);
    expect(heap.allocate('f64', 50).pointer).not.toBe(at);
  });

  it('aligns to 16 bytes and never overlaps', () => {
    const heap = new WasmHeap(fakeMemory(4, 64));
    const blocks = [0, 1, 3, 7, 31, 33, 257, 5, 0].map((length) => heap.allocate('f64', length));
    const spans = blocks.map((b) => [b.pointer, b.pointer + classBytes(b.blockClass)] as const);
    spans.sort((a, b) => a[0] - b[0]);
    spans.forEach(([start, end], i) => {
      expect(start % 16).toBe(0);
      if (i > 0) expect(start).toBeGreaterThanOrEqual(spans[i - 1]![1]);
      expect(end).toBeLessThanOrEqual(4 * 65536);
    });
  });

  it('does not grow after warm-up', () => {
    const kernels = wasmKernels(wasmBytes());
    const step = (): void => {
      const held: KernelBuffer[] = [];
      for (let i = 0; i < 300; i++) {
        held.push(kernels.allocate(i % 2 === 0 ? 'f32' : 'f64', (i * 7919) % 40_000));
        if (i % 3 === 0) kernels.release(held.splice((i * 31) % held.length, 1)[0]!);
      }
      for (const buffer of held) kernels.release(buffer);
    };
    step();
    const warm = kernels.memory();
    for (let i = 0; i < 20; i++) step();
    expect(kernels.memory()).toEqual(warm);
    expect(warm.live).toBe(0);
    expect(warm.buffers).toBe(0);
  });

  it('holds a million small buffers and gives them all back', () => {
    const kernels = wasmKernels(wasmBytes());
    const round = (): void => {
      const buffers = Array.from({ length: 1_000_000 }, (_, i) => kernels.allocate('f64', 1 + (i % 3)));
      kernels.fill(buffers[999_999]!, 4);
      expect(kernels.readSync(buffers[999_999]!)[0]).toBe(4);
      expect(kernels.memory().buffers).toBe(1_000_000);
      for (const buffer of buffers) kernels.release(buffer);
    };
    round();
    const { reserved } = kernels.memory();
    round();
    expect(kernels.memory().reserved).toBe(reserved);
    // 8, 16 or 24 bytes take 16, 16 or 32: 21.4 bytes on average, and memory doubles.
    expect(reserved).toBeLessThanOrEqual(2 ** 26);
  });

  it('grows by doubling and keeps what is stored', () => {
    const kernels = wasmKernels(wasmBytes());
    const small = kernels.allocate('f32', 3);
    kernels.write(small, [1, 2, 3]);
    const before = kernels.memory().reserved;
    const large = kernels.allocate('f32', before / 4);
    kernels.fill(large, 1);
    expect(kernels.memory().reserved).toBe(2 * before);
    expect(Array.from(kernels.readSync(small))).toEqual([1, 2, 3]);
    expect(kernels.readSync(large)[before / 4 - 1]).toBe(1);
  });

  it('counts live bytes, the peak and buffers', () => {
    const kernels = wasmKernels(wasmBytes());
    const a = kernels.allocate('f32', 10);
    const b = kernels.allocate('f64', 10);
    expect(kernels.memory()).toMatchObject({ live: 120, peak: 120, buffers: 2 });
    kernels.release(b);
    expect(kernels.memory()).toMatchObject({ live: 40, peak: 120, buffers: 1 });
    kernels.release(a);
    expect(kernels.memory()).toMatchObject({ live: 0, peak: 120, buffers: 0 });
  });

  it('uses a larger free block at the limit, and says so when nothing is left', () => {
    const heap = new WasmHeap(fakeMemory(1, 4), 4);
    const big = heap.allocate('f32', 20_000); // 80 kB of 192
    const other = heap.allocate('f32', 20_000);
    heap.release(big);
    expect(heap.allocate('f32', 15_000).pointer).toBeLessThan(other.pointer);
    expect(() => heap.allocate('f32', 15_000)).toThrow(
      'kernel memory is exhausted: f32[15000] needs 59 KiB beside 137 KiB in 2 buffers, and 192 KiB can be had',
    );
    expect(() => heap.allocate('f32', 15_000)).toThrow(InputError);
  });

  it('cuts a larger free block at the limit, and keeps the rest of it free', () => {
    const heap = new WasmHeap(realMemory(4), 4);
    const [big, ...others] = Array.from({ length: 2 }, () => heap.allocate('f32', 20_000));
    heap.release(big!);
    const small: ReturnType<WasmHeap['allocate']>[] = [];
    // 192 KiB less two blocks of 80 kB leave 32 kB behind them, and the free block holds 80 kB: 27 blocks of 4 kB.
    for (let i = 0; i < 27; i++) small.push(heap.allocate('f32', 1000));
    expect(new Set(small.map(({ pointer }) => pointer)).size).toBe(27);
    expect(others.every(({ pointer }) => small.every((one) => one.pointer !== pointer))).toBe(true);
    expect(() => heap.allocate('f32', 1000)).toThrow('kernel memory is exhausted');
  });

  it('merges free blocks that touch at the limit, whatever their sizes, and moves none that is live', () => {
    const heap = new WasmHeap(realMemory(4), 4);
    const small = Array.from({ length: 40 }, () => heap.allocate('f32', 1000));
    const kept = heap.allocate('f32', 3);
    heap.write(kept, [1, 2, 3]);
    for (const buffer of small) heap.release(buffer);
    // 160 kB lie in blocks of 4 kB: without merging there is no place for 80 kB.
    const large = heap.allocate('f32', 20_000);
    heap.write(large, new Float32Array(20_000).fill(7));
    const rest = heap.allocate('f32', 15_000);
    heap.write(rest, new Float32Array(15_000).fill(8));
    expect(Array.from(heap.read(kept))).toEqual([1, 2, 3]);
    expect(heap.read(large).every((x) => x === 7)).toBe(true);
    heap.release(large);
    heap.release(rest);
    expect(heap.allocate('f32', 36_000).length).toBe(36_000);
    expect(heap.use().limit).toBe(3 * 65536);
  });

  it('loses no byte when free blocks are merged and cut again', () => {
    const random = randomStream(1, 'allocator');
    const heap = new WasmHeap(realMemory(8), 8);
    const live = new Map<ReturnType<WasmHeap['allocate']>, number>();
    let exhausted = 0;
    for (let i = 0; i < 5000; i++) {
      const stays = random.uniform() < 0.6;
      try {
        if (stays) {
          const buffer = heap.allocate('i32', 1 + random.integer(9000));
          heap.write(buffer, new Int32Array(buffer.length).fill(i));
          live.set(buffer, i);
        }
      } catch {
        exhausted++;
      }
      const oldest = [...live.keys()][random.integer(Math.max(1, live.size))];
      if (oldest !== undefined && (!stays || live.size > 60)) {
        const value = live.get(oldest)!;
        expect(heap.read(oldest).every((x) => x === value)).toBe(true);
        heap.release(oldest);
        live.delete(oldest);
      }
    }
    expect(exhausted).toBeGreaterThan(10);
    for (const buffer of live.keys()) heap.release(buffer);
    // All of it can be had again in one piece, less the 64 bytes at the beginning and what a size class rounds up.
    expect(heap.allocate('i32', (5 * 65536) / 4).length).toBe((5 * 65536) / 4);
  });

  it('grows by what is needed when doubling is refused', () => {
    const memory = fakeMemory(3, 4);
    const heap = new WasmHeap(memory);
    heap.allocate('f32', 40_000);
    expect(memory.buffer.byteLength).toBe(4 * 65536);
  });

  it('works above 2 GiB, where pointers have their top bit set', () => {
    const kernels = wasmKernels(wasmBytes());
    const filler = kernels.allocate('f64', 2.1e9 / 8 + 2 ** 26); // never touched, so the system never provides it
    const a = kernels.allocate('f32', 37);
    expect((a as unknown as { pointer: number }).pointer).toBeGreaterThan(2 ** 31);
    const values = Float32Array.from({ length: 37 }, (_, i) => i - 18);
    kernels.write(a, values);
    kernels.unary('neg', a, a);
    kernels.unary('abs', a, a);
    expect(Array.from(kernels.readSync(a))).toEqual(Array.from(values, Math.abs));
    const out = kernels.allocate('f32', 1);
    kernels.matmul('nt', a, a, out, { batch: 1, m: 1, n: 1, k: 37 });
    expect(kernels.readSync(out)[0]).toBe(values.reduce((sum, v) => sum + v * v, 0));
    const picked = kernels.allocate('f32', 18);
    kernels.gatherStrided(a, picked, [18], [-2], 36);
    expect(kernels.readSync(picked)[0]).toBe(18);
    kernels.release(filler);
  });
});

describe('misuse', () => {
  it('a released buffer and a foreign one are refused', () => {
    const kernels = wasmKernels(wasmBytes());
    const x = kernels.allocate('f32', 2);
    kernels.release(x);
    expect(() => kernels.readSync(x)).toThrow('f32[2] is used after its release');
    expect(() => kernels.release(x)).toThrow('used after its release');
    const foreign = reference.allocate('f32', 2);
    expect(() => kernels.unary('neg', foreign, foreign)).toThrow('another backend');
    const other = wasmKernels(wasmBytes()).allocate('f32', 2);
    expect(() => kernels.fill(other, 1)).toThrow('another backend or instance');
    expect(() => reference.fill(other, 1)).toThrow('another backend');
    reference.release(foreign);
    expect(() => reference.fill(foreign, 1)).toThrow('used after its release');
  });

  it('lengths are checked', () => {
    const kernels = wasmKernels(wasmBytes());
    expect(() => kernels.allocate('f32', -1)).toThrow('length should be a non-negative integer, found -1');
    expect(() => kernels.allocate('f32', 1.5)).toThrow('found 1.5');
    const x = kernels.allocate('f32', 2);
    expect(() => kernels.write(x, [1])).toThrow('write: the buffer should have 1 elements, found f32[2]');
  });
});
