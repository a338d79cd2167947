// An open mode of gpu.js: sends values, runs programs, reads results. Every run looks at the class that gpu.js built, at the size of
// the result and at the context before anybody sees the result.
import { CompiledPrograms } from './compiled.ts';
import { checkSize, deviceOf, isContextLost } from './device.ts';
import type { GpuJs, GpuJsContext, GpuJsInstance } from './gpujs.ts';
import { elementwise, type Passes, type Program } from './launch.ts';
import { checkKernelClass, GpuError, modes, type OpenableMode, type SyncGpuMode } from './modes.ts';
import { type Answer, atOnce, later, type Settle, type Steps } from './steps.ts';

/** Values on the GPU, until they are deleted. */
export interface Texture {
  /** What gpu.js knows them as. */
  readonly raw: unknown;
  delete(): void;
}

/** What programs read, flat: values on the GPU, or values that are sent for this call only. */
export type GpuOperand = Texture | Float32Array;

/** A GPU that answers at once. */
export type SyncGpu = Gpu<SyncGpuMode | 'cpu'>;

/** A row [x] or planes of rows [z][y][x] as one array. */
function joined(planes: unknown): Float32Array {
  if (planes instanceof Float32Array) return planes;
  const rows = (planes as readonly (readonly Float32Array[])[]).flat();
  const flat = new Float32Array(rows.length * rows[0]!.length);
  for (const [i, row] of rows.entries()) flat.set(row, i * row.length);
  return flat;
}

/** An open mode; all that WebGPU gives is a promise. Textures belong to whoever asked for them. */
export class Gpu<Mode extends OpenableMode = OpenableMode> {
  readonly mode: Mode;
  private readonly gpujs: GpuJs;
  private readonly settle: Settle<Mode>;
  private readonly instance: GpuJsInstance;
  private readonly programs = new CompiledPrograms();
  private context: GpuJsContext | undefined;
  private closed = false;

  /** Only for `openGpu`, which also checks that the mode computes. @throws GpuError if it is not supported */
  constructor(gpujs: GpuJs, mode: Mode, settle: Settle<Mode>) {
    this.gpujs = gpujs;
    this.mode = mode;
    this.settle = settle;
    try {
      this.instance = new gpujs.GPU({ mode });
    } catch (cause) {
      throw new GpuError(`gpu.js mode ${mode}: not supported here, it needs ${modes[mode].needs}`, { cause });
    }
  }

  /** What computes, as its driver names it. */
  get device(): string {
    return deviceOf(this.mode, this.context);
  }

  /** Programs that are compiled now. */
  get compiled(): number {
    return this.programs.size;
  }

  /** Host values [length] as a texture. */
  upload(values: Float32Array): Answer<Texture, Mode> {
    return this.settle(this.sent(values));
  }

  /** The result of a launch [x·y·z], left on the GPU. */
  keep(launch: Passes, operands: readonly GpuOperand[]): Answer<Texture, Mode> {
    return this.settle(this.kept(launch, operands));
  }

  /** The result of a launch: [x·y·z] of its last program's output. */
  compute(launch: Passes, operands: readonly GpuOperand[]): Answer<Float32Array, Mode> {
    return this.settle(this.computed(launch, operands));
  }

  /** A texture's values: [length]. */
  read(texture: Texture): Answer<Float32Array, Mode> {
    return this.settle(this.values(texture));
  }

  /** Frees all programs and the context. */
  async destroy(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.instance.destroy();
  }

  /** Values [x·y·z] of a launch. */
  private *computed(launch: Passes, operands: readonly GpuOperand[]): Steps<Float32Array> {
    const result = yield* this.kept(launch, operands);
    try {
      return yield* this.values(result);
    } finally {
      result.delete();
    }
  }

  /** Runs all passes on operands [length]; frees what was sent for them, and what they left on the way. */
  private *kept({ passes }: Passes, operands: readonly GpuOperand[]): Steps<Texture> {
    const inputs: Texture[] = [];
    const own: Texture[] = [];
    try {
      for (const operand of operands) {
        if (operand instanceof Float32Array) own.push(yield* this.sent(operand));
        inputs.push(operand instanceof Float32Array ? own.at(-1)! : operand);
      }
      for (const program of passes()) {
        const result = yield* this.run(program, inputs);
        own.push(result);
        inputs.push(result);
      }
      return own.pop()!;
    } finally {
      for (const texture of own) texture.delete();
    }
  }

  /** Sending is a program too: what it reads becomes a texture. */
  private sent(values: Float32Array): Steps<Texture> {
    return this.run(elementwise('upload', 'v', values.length), [this.input(values)]);
  }

  /** Values as gpu.js takes them. */
  private input(values: Float32Array): Texture {
    return { raw: this.gpujs.input(values, [values.length, 1, 1]), delete: () => {} };
  }

  private *run(program: Program, operands: readonly Texture[]): Steps<Texture> {
    try {
      if (this.closed) throw new GpuError(`gpu.js mode ${this.mode}: used after destroy()`);
      checkSize(this.gpujs, this.mode, program);
      const compiled = this.programs.get(program, this.instance, this.mode !== 'cpu');
      const raw = yield compiled.kernel(...operands.map((operand) => operand.raw));
      checkKernelClass(this.gpujs, this.mode, compiled.kernel);
      this.context = compiled.kernel.kernel.context;
      this.checkContext();
      // gpu.js's CPU kernels have no textures: there values stay values.
      if (this.mode === 'cpu') return this.input(joined(raw));
      compiled.live++;
      return {
        raw,
        delete() {
          compiled.live--;
          (raw as Texture).delete();
        },
      };
    } catch (error) {
      throw this.explained(program.key, error);
    }
  }

  /** A texture's values: [length]. */
  private *values({ raw }: Texture): Steps<Float32Array> {
    try {
      const { value, toArray } = raw as { readonly value?: Float32Array; toArray(): unknown };
      if (value !== undefined) return value;
      const planes = yield toArray.call(raw);
      this.checkContext();
      return joined(planes);
    } catch (error) {
      throw this.explained('read', error);
    }
  }

  private checkContext(): void {
    if (isContextLost(this.context)) throw new Error('device was lost');
  }

  /** An error in words; a lost context explains whatever else went wrong. */
  private explained(what: string, cause: unknown): GpuError {
    if (cause instanceof GpuError) return cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const lost = isContextLost(this.context) || /device was lost/.test(message);
    const said = lost
      ? `gpu.js mode ${this.mode}: the GPU context was lost (driver reset, device removed or tab suspended); open it again`
      : `gpu.js mode ${this.mode}, ${what}: ${message.split('\n').slice(0, 2).join(' ')}`;
    return new GpuError(said, { cause });
  }
}

/** Asks for 2·3 before anything is believed. */
function* opening<Mode extends OpenableMode>(
  gpujs: GpuJs,
  mode: Mode,
  settle: Settle<Mode>,
): Steps<Gpu<Mode>> {
  const gpu = new Gpu(gpujs, mode, settle);
  try {
    const double = { passes: () => [elementwise('double', '2.0 * v', 1)] };
    const [found] = (yield gpu.compute(double, [Float32Array.of(3)])) as Float32Array;
    if (found === 6) return gpu;
    throw new GpuError(`gpu.js mode ${mode}: expected 2·3 = 6, but the device says ${found}`);
  } catch (error) {
    yield gpu.destroy();
    throw error;
  }
}

/**
 * Opens a mode and checks that it computes, and on what; WebGPU answers later, here too.
 * @param gpujs the exports of the package gpu.js
 * @throws GpuError (WebGPU: as a rejection) if the mode is not supported here, or computes on anything but the GPU (`cpu` by name
 * excepted)
 */
export function openGpu<Mode extends OpenableMode>(gpujs: GpuJs, mode: Mode): Answer<Gpu<Mode>, Mode> {
  const settle = (mode === 'webgpu' ? later : atOnce) as Settle<Mode>;
  return settle(opening(gpujs, mode, settle));
}
