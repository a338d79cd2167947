// Memory of a backend, counted: several tensors (a reshape and its original) can share one buffer.
import type { DType, KernelBuffer, Kernels } from '../kernels/interface.ts';

/** A buffer with the number of tensors that use it; the last one releases it. */
export class Storage {
  readonly kernels: Kernels;
  readonly buffer: KernelBuffer;
  /** Indices that came from the host, where they stay known: nobody asks a device for them. */
  indices: Int32Array | undefined = undefined;
  #users = 0;

  constructor(kernels: Kernels, dtype: DType, size: number) {
    this.kernels = kernels;
    this.buffer = kernels.allocate(dtype, size);
  }

  retain(): void {
    this.#users++;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) this.kernels.release(this.buffer);
  }
}
