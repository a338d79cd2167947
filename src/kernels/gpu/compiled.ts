// Compiled kernels by program: each is made once, and the one that was longest not used is freed first.
import type { GpuJsInstance, GpuJsKernel } from './gpujs.ts';
import type { Program } from './program.ts';

/** Kernels kept at most. */
const MOST_KERNELS = 256;

/** A compiled kernel, and how many textures it has made that still live: they read their values through it. */
export interface Compiled {
  readonly kernel: GpuJsKernel;
  live: number;
}

/** What a launch is for: a texture that stays on the GPU, or values. */
export type Purpose = 'keep' | 'collect';

/** gpu.js deals out only what has one extent over several axes of a GPU's grid, so those of 1 at the end are left out. */
function extents({ output: [x, y, z] }: Program): number[] {
  return y === 1 && z === 1 ? [x] : [x, y, z];
}

/** The kernels of a context. */
export class CompiledKernels {
  private readonly gpu: GpuJsInstance;
  private readonly kernels = new Map<string, Compiled>();

  constructor(gpu: GpuJsInstance) {
    this.gpu = gpu;
  }

  /** How many there are. */
  get size(): number {
    return this.kernels.size;
  }

  /** The kernel of a program. */
  get(program: Program, purpose: Purpose): Compiled {
    const key = `${purpose} ${program.key}`;
    const found = this.kernels.get(key) ?? this.compile(program, purpose);
    // The map's order is that of the last use.
    this.kernels.delete(key);
    this.kernels.set(key, found);
    return found;
  }

  /** Forgets all; who destroys the context frees them. */
  clear(): void {
    this.kernels.clear();
  }

  private compile(program: Program, purpose: Purpose): Compiled {
    if (this.kernels.size >= MOST_KERNELS) this.evict();
    const kept = purpose === 'keep';
    const kernel = this.gpu.createKernel(program.source, {
      output: extents(program),
      constants: { ...program.constants },
      precision: 'single',
      // Or gpu.js declares small values in half precision.
      tactic: 'precision',
      pipeline: kept,
      immutable: kept,
    });
    return { kernel, live: 0 };
  }

  /** Frees the kernel that was longest not used and has no texture left. */
  private evict(): void {
    for (const [key, { kernel, live }] of this.kernels) {
      if (live > 0) continue;
      kernel.destroy();
      this.kernels.delete(key);
      return;
    }
  }
}
