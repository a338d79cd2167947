// Memory of a computation that is repeated: named buffers that stay, and are made again only if their length changes.
import type { DType, Kernels } from '../autodiff/index.ts';
import type { KernelBuffer } from '../kernels/interface.ts';

/** Named buffers on kernels. */
export class Workspace {
  readonly kernels: Kernels;
  readonly #buffers = new Map<string, KernelBuffer>();

  constructor(kernels: Kernels) {
    this.kernels = kernels;
  }

  /** The buffer of this name, of this type and length; its content is what it was, or undefined if it had to be made. */
  take(name: string, dtype: DType, length: number): KernelBuffer {
    const found = this.#buffers.get(name);
    if (found !== undefined && found.length === length && found.dtype === dtype) return found;
    if (found !== undefined) this.kernels.release(found);
    this.#buffers.delete(name);
    const made = this.kernels.allocate(dtype, length);
    this.#buffers.set(name, made);
    return made;
  }

  /** The buffer of this name, i32, with these values. */
  put(name: string, values: ArrayLike<number>): KernelBuffer {
    const buffer = this.take(name, 'i32', values.length);
    this.kernels.write(buffer, values);
    return buffer;
  }

  /** Gives all of it back. */
  dispose(): void {
    for (const buffer of this.#buffers.values()) this.kernels.release(buffer);
    this.#buffers.clear();
  }
}
