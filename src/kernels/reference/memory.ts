// Buffers of the reference backend. Each is one typed array; they are counted so that tests can see leaks.
import { checkAllocate, checkWrite } from '../checks.ts';
import type { DType, HostArray, KernelBuffer, MemoryUse } from '../interface.ts';

const constructors = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;

/** A buffer on the JavaScript heap. */
export class ReferenceBuffer implements KernelBuffer {
  readonly dtype: DType;
  readonly length: number;
  data: HostArray | null;

  constructor(dtype: DType, length: number) {
    this.dtype = dtype;
    this.length = length;
    this.data = new constructors[dtype](length);
  }
}

/** The values of a buffer. Throws if the buffer is not ours or was released. */
export function valuesOf(buffer: KernelBuffer): HostArray {
  if (!(buffer instanceof ReferenceBuffer)) throw new Error('reference kernels: a buffer of another backend');
  if (buffer.data === null) {
    throw new Error(`reference kernels: ${buffer.dtype}[${buffer.length}] is used after its release`);
  }
  return buffer.data;
}

/** Counts what is allocated. */
export class ReferenceMemory {
  private live = 0;
  private peak = 0;
  private buffers = 0;

  allocate(dtype: DType, length: number): KernelBuffer {
    checkAllocate(length);
    const buffer = new ReferenceBuffer(dtype, length);
    this.live += valuesOf(buffer).byteLength;
    this.peak = Math.max(this.peak, this.live);
    this.buffers++;
    return buffer;
  }

  release(buffer: KernelBuffer): void {
    this.live -= valuesOf(buffer).byteLength;
    this.buffers--;
    (buffer as ReferenceBuffer).data = null;
  }

  write(buffer: KernelBuffer, values: ArrayLike<number>): void {
    checkWrite(buffer, values);
    valuesOf(buffer).set(values);
  }

  use(): MemoryUse {
    return {
      live: this.live,
      peak: this.peak,
      reserved: this.live,
      limit: Number.POSITIVE_INFINITY,
      buffers: this.buffers,
    };
  }
}
