// Which buffers have a texture on the GPU, and which exist only there so far. A result stays on the GPU until somebody reads it,
// an operand until it is written or released, so that a chain of products moves nothing and a weight is sent once per step.
import type { KernelBuffer, Kernels } from '../interface.ts';
import type { Texture } from './program.ts';
import type { SyncGpu } from './syncGpu.ts';

/** A buffer's texture. While `ahead`, the buffer's memory is stale. */
interface Resident {
  readonly texture: Texture;
  ahead: boolean;
}

/** Whether a value that a kernel was called with is a buffer. */
function isBuffer(value: unknown): value is KernelBuffer {
  return typeof value === 'object' && value !== null && 'dtype' in value && 'length' in value;
}

/** Whether all values are finite: what infinities and NaN do is defined by WASM, not by GPUs. */
function allFinite(values: Float32Array): boolean {
  // 0·x is NaN for every x that is not finite.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * values[i]!;
  return sum === 0;
}

/** The textures of the buffers of some kernels. */
export class Residency {
  private readonly kernels: Kernels;
  private readonly gpu: SyncGpu;
  private readonly residents = new Map<KernelBuffer, Resident>();

  constructor(kernels: Kernels, gpu: SyncGpu) {
    this.kernels = kernels;
    this.gpu = gpu;
  }

  /** Buffers with a texture now. */
  get size(): number {
    return this.residents.size;
  }

  /** Whether the buffer has a texture. */
  has(buffer: KernelBuffer): boolean {
    return this.residents.has(buffer);
  }

  /** The buffers' textures, sent where there is none; undefined if one holds values that are not finite. */
  textures(buffers: readonly KernelBuffer[]): Texture[] | undefined {
    const found: Texture[] = [];
    for (const buffer of buffers) {
      const texture = this.residents.get(buffer)?.texture ?? this.send(buffer);
      if (texture === undefined) return undefined;
      found.push(texture);
    }
    return found;
  }

  /** From now on the buffer's values are those of a texture. */
  setAhead(buffer: KernelBuffer, texture: Texture): void {
    this.forget(buffer);
    this.residents.set(buffer, { texture, ahead: true });
  }

  /** Brings everything that a kernel is called with up to date in memory. */
  settle(values: Iterable<unknown>): void {
    if (this.residents.size === 0) return;
    for (const value of values) {
      if (isBuffer(value)) this.fetch(value);
      else if (typeof value === 'object' && value !== null) this.settle(Object.values(value));
    }
  }

  /** The buffer was written or released: its texture is no longer its value. */
  forget(buffer: KernelBuffer): void {
    const resident = this.residents.get(buffer);
    if (resident === undefined) return;
    this.residents.delete(buffer);
    resident.texture.delete();
  }

  /** Brings every buffer up to date. */
  fetchAll(): void {
    for (const buffer of this.residents.keys()) this.fetch(buffer);
  }

  /** Frees all textures; values that were only there are fetched first. */
  clear(): void {
    this.fetchAll();
    for (const buffer of [...this.residents.keys()]) this.forget(buffer);
  }

  private fetch(buffer: KernelBuffer): void {
    const resident = this.residents.get(buffer);
    if (resident === undefined || !resident.ahead) return;
    this.kernels.write(buffer, this.gpu.read(resident.texture));
    resident.ahead = false;
  }

  private send(buffer: KernelBuffer): Texture | undefined {
    const values = this.kernels.readSync(buffer) as Float32Array;
    if (!allFinite(values)) return undefined;
    const texture = this.gpu.upload(values);
    this.residents.set(buffer, { texture, ahead: false });
    return texture;
  }
}
