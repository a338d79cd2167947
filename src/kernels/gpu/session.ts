// A GPU context with its compiled kernels: what the modes that answer at once and WebGPU share. Kernels are cached by program;
// every launch looks at the class that gpu.js built, at the size of the result and at the context before anybody sees a result.
import { deviceOf, isContextLost, type RawContext } from './device.ts';
import type { GpuJs, GpuJsInstance, GpuJsKernel } from './gpujs.ts';
import { checkKernelClass, GpuError, kernelClassOf, needsOf, type OpenableMode } from './mode.ts';
import type { Program, Texture } from './program.ts';
import { joined, rawOf } from './results.ts';

/** Kernels kept at most; the one that was longest not used goes first. */
const MOST_KERNELS = 256;

/** Indices beyond are not exact where a shader computes them in floats, as WebGL 1 may. */
const EXACT_INDICES = 2 ** 24;

/** Uploading is a program too: what it reads becomes a texture. */
export function uploadProgram(length: number): Program {
  return {
    key: `upload ${length}`,
    source: 'function upload(x) { return x[this.thread.x]; }',
    output: [length, 1, 1],
    constants: {},
  };
}

/** gpu.js deals out only what has one extent over several axes of a GPU's grid, so those of 1 at the end are left out. */
function extents({ output: [x, y, z] }: Program): number[] {
  return y === 1 && z === 1 ? [x] : [x, y, z];
}

/** A compiled kernel, and how many textures it has made that still live: they read their values through it. */
interface Compiled {
  readonly kernel: GpuJsKernel;
  live: number;
}

/** What a launch is for: a texture that stays on the GPU, or values. */
type Purpose = 'keep' | 'collect';

/** An open mode. */
export class Session {
  readonly gpujs: GpuJs;
  readonly mode: OpenableMode;
  private readonly gpu: GpuJsInstance;
  private readonly kernels = new Map<string, Compiled>();
  private context: RawContext | undefined;
  private closed = false;

  /** @throws GpuError if the mode is not to be had */
  constructor(gpujs: GpuJs, mode: OpenableMode) {
    this.gpujs = gpujs;
    this.mode = mode;
    try {
      this.gpu = new gpujs.GPU({ mode });
    } catch (error) {
      throw new GpuError(`gpu.js mode ${mode}: not supported here, it needs ${needsOf(mode)}`, {
        cause: error,
      });
    }
  }

  /** What computes, as its driver names it; known after the first launch. */
  get device(): string {
    return deviceOf(this.mode, this.context);
  }

  /** Kernels that are compiled now. */
  get compiled(): number {
    return this.kernels.size;
  }

  /**
   * Runs a program and leaves its result on the GPU.
   * @throws GpuError if the device cannot, or anything but the GPU has computed
   */
  keep(program: Program, operands: readonly Texture[]): Texture {
    return this.guarded(program, () => {
      const compiled = this.compiledFor(program, 'keep');
      const raw = compiled.kernel(...rawOf(operands));
      return this.held(compiled, raw);
    });
  }

  /**
   * Runs a program: its values [x·y·z].
   * @throws GpuError for the reasons of `keep`
   */
  collect(program: Program, operands: readonly Texture[]): Float32Array {
    return this.guarded(program, () => {
      const { kernel } = this.compiledFor(program, 'collect');
      const planes = kernel(...rawOf(operands));
      this.inspect(kernel);
      return joined(planes);
    });
  }

  /** `keep` where gpu.js promises its results. @throws GpuError (as a rejection) for the same reasons */
  async keepLater(program: Program, operands: readonly Texture[]): Promise<Texture> {
    return this.guardedLater(program, async () => {
      const compiled = this.compiledFor(program, 'keep');
      const raw = await compiled.kernel(...rawOf(operands));
      return this.held(compiled, raw);
    });
  }

  /** `collect` where gpu.js promises its results. @throws GpuError (as a rejection) for the same reasons */
  async collectLater(program: Program, operands: readonly Texture[]): Promise<Float32Array> {
    return this.guardedLater(program, async () => {
      const { kernel } = this.compiledFor(program, 'collect');
      const planes = await kernel(...rawOf(operands));
      this.inspect(kernel);
      return joined(planes);
    });
  }

  private held(compiled: Compiled, raw: unknown): Texture {
    this.inspect(compiled.kernel);
    compiled.live++;
    return {
      raw,
      delete: () => {
        compiled.live--;
        (raw as Texture).delete();
      },
    };
  }

  /** Looks at what has computed before anybody sees its result. */
  private inspect(built: GpuJsKernel): void {
    checkKernelClass(this.gpujs, this.mode, built);
    this.context = built.kernel.context as RawContext;
    this.checkContext();
  }

  private guarded<T>(program: Program, body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw this.explain(program, error);
    }
  }

  private async guardedLater<T>(program: Program, body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      throw this.explain(program, error);
    }
  }

  /** @throws GpuError if the context is lost */
  checkContext(): void {
    if (isContextLost(this.context)) throw this.lost();
  }

  /** An error in words; a lost context explains whatever else went wrong. */
  private explain(program: Program, error: unknown): GpuError {
    if (error instanceof GpuError) return error;
    if (isContextLost(this.context) || /device was lost/.test(String(error))) return this.lost(error);
    const message = (error instanceof Error ? error.message : String(error))
      .split('\n')
      .slice(0, 2)
      .join(' ');
    return new GpuError(`gpu.js mode ${this.mode}, ${program.key}: ${message}`, { cause: error });
  }

  private lost(cause?: unknown): GpuError {
    return new GpuError(
      `gpu.js mode ${this.mode}: the GPU context was lost (driver reset, device removed or tab suspended); open it again`,
      { cause },
    );
  }

  /** Frees all kernels and the context. */
  async destroy(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.kernels.clear();
    await this.gpu.destroy();
  }

  private compiledFor(program: Program, purpose: Purpose): Compiled {
    if (this.closed) throw new GpuError(`gpu.js mode ${this.mode}: used after destroy()`);
    this.checkSize(program);
    const key = `${purpose} ${program.key}`;
    const found = this.kernels.get(key);
    if (found !== undefined) {
      // The map's order is that of the last use.
      this.kernels.delete(key);
      this.kernels.set(key, found);
      return found;
    }
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
    if (this.kernels.size >= MOST_KERNELS) this.evict();
    const compiled = { kernel, live: 0 };
    this.kernels.set(key, compiled);
    return compiled;
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

  /** gpu.js lays a plane out as it is and anything else as nearly a square. */
  private checkSize({ key, output: [x, y, z] }: Program): void {
    const side = this.largestSide();
    const elements = x * y * z;
    const extent = y > 1 && z === 1 ? Math.max(x, y) : Math.ceil(Math.sqrt(elements));
    const most = this.mode === 'webgl2' ? Number.POSITIVE_INFINITY : EXACT_INDICES;
    if (extent <= side && (elements <= most || side === Number.POSITIVE_INFINITY)) return;
    throw new GpuError(
      `gpu.js mode ${this.mode}, ${key}: a texture of ${x}×${y}×${z} elements is larger than this device allows: ` +
        `${side}×${side} texels${most < side * side ? `, ${most} elements` : ''}`,
    );
  }

  /** Texels along a side that a texture of this device has at most; gpu.js asks WebGPU's device itself. */
  private largestSide(): number {
    if (this.mode === 'webgpu' || this.mode === 'cpu') return Number.POSITIVE_INFINITY;
    return this.gpujs[kernelClassOf(this.mode)].features?.maxTextureSize ?? 0;
  }
}
