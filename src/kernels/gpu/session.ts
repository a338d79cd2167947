// A GPU context with its compiled kernels: what the modes that answer at once and WebGPU share. Kernels are cached by program;
// every launch looks at the class that gpu.js built, at the size of the result and at the context before anybody sees a result.
import { type Compiled, CompiledKernels, type Purpose } from './compiled.ts';
import { deviceOf, isContextLost, type RawContext } from './device.ts';
import type { GpuJs, GpuJsInstance, GpuJsKernel } from './gpujs.ts';
import { checkSize } from './limits.ts';
import { checkKernelClass, GpuError, needsOf, type OpenableMode } from './mode.ts';
import type { Program, Texture } from './program.ts';
import { joined, rawOf } from './results.ts';

/** Uploading is a program too: what it reads becomes a texture. */
export function uploadProgram(length: number): Program {
  return {
    key: `upload ${length}`,
    source: 'function upload(x) { return x[this.thread.x]; }',
    output: [length, 1, 1],
    constants: {},
  };
}

/** An open mode. */
export class Session {
  readonly gpujs: GpuJs;
  readonly mode: OpenableMode;
  private readonly gpu: GpuJsInstance;
  private readonly kernels: CompiledKernels;
  private context: RawContext | undefined;
  private closed = false;

  /** @throws GpuError if the mode is not available */
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
    this.kernels = new CompiledKernels(this.gpu);
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
    checkSize(this.gpujs, this.mode, program);
    return this.kernels.get(program, purpose);
  }
}
