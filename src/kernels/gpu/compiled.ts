// Compiled programs: each is made once, and the one that was longest not used is freed first.
import type { GpuJsInstance, GpuJsKernel } from './gpujs.ts';
import type { Program } from './launch.ts';

/** Programs kept at most. */
const MOST = 256;

/** A compiled program, and how many of its textures still live: they read their values through it. */
export interface Compiled {
  readonly kernel: GpuJsKernel;
  live: number;
}

/** The programs that a context has compiled; the map's order is that of the last use. */
export class CompiledPrograms {
  private readonly byKey = new Map<string, Compiled>();

  get size(): number {
    return this.byKey.size;
  }

  /** @param textures whether results stay on the GPU */
  get(program: Program, instance: GpuJsInstance, textures: boolean): Compiled {
    const { key, source, output, constants } = program;
    let compiled = this.byKey.get(key);
    if (compiled === undefined) {
      if (this.size >= MOST) this.evict();
      const [x, y, z] = output;
      const kernel = instance.createKernel(source, {
        // gpu.js deals out only what has one extent over several axes of a GPU's grid.
        output: y === 1 && z === 1 ? [x] : [x, y, z],
        constants: { ...constants },
        precision: 'single',
        // Or gpu.js declares small values in half precision.
        tactic: 'precision',
        pipeline: textures,
        immutable: textures,
      });
      compiled = { kernel, live: 0 };
    }
    this.byKey.delete(key);
    this.byKey.set(key, compiled);
    return compiled;
  }

  /** Frees the program that was longest not used and has no texture left. */
  private evict(): void {
    const unused = [...this.byKey].find(([, { live }]) => live === 0);
    if (unused === undefined) return;
    const [key, { kernel }] = unused;
    kernel.destroy();
    this.byKey.delete(key);
  }
}
