// Which buffers have a texture on the GPU, and which exist only there so far. A result stays on the GPU until somebody reads it,
// an operand until it is written or released, so that a chain of products moves nothing and a weight is sent once per step.
import type { KernelBuffer, Kernels } from '../interface.ts';
import type { SyncGpu, Texture } from './gpu.ts';

/** A buffer's texture. While `ahead`, the buffer's memory is stale. */
interface Resident {
  readonly texture: Texture;
  ahead: boolean;
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

  /** Brings buffers up to date in memory. */
  fetch(buffers: Iterable<KernelBuffer>): void {
    for (const buffer of buffers) {
      const resident = this.residents.get(buffer);
      if (resident === undefined || !resident.ahead) continue;
      this.kernels.write(buffer, this.gpu.read(resident.texture));
      resident.ahead = false;
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
    this.fetch(this.residents.keys());
  }

  /** Frees all textures; values that were only there are fetched first. */
  clear(): void {
    this.fetchAll();
    for (const buffer of this.residents.keys()) this.forget(buffer);
  }

  private send(buffer: KernelBuffer): Texture | undefined {
    const values = this.kernels.readSync(buffer) as Float32Array;
    if (!allFinite(values)) return undefined;
    const texture = this.gpu.upload(values);
    this.residents.set(buffer, { texture, ahead: false });
    return texture;
  }
}
