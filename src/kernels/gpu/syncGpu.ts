// GPU modes that answer at once: WebGL2, WebGL and headless-gl.
import type { GpuJs } from './gpujs.ts';
import { GpuError, type OpenableMode, type SyncGpuMode } from './mode.ts';
import { DOUBLE, inOrder, isLaunch, type Launch, type Program, type Texture } from './program.ts';
import { joined, valuesTexture } from './results.ts';
import { Session, uploadProgram } from './session.ts';

/** A GPU that answers at once. Textures belong to whoever asked for them. */
export interface SyncGpu {
  readonly mode: OpenableMode;
  /** What computes, as its driver names it. */
  readonly device: string;
  /** Kernels that are compiled now. */
  readonly compiled: number;
  /** Host values [length] as a texture. */
  upload(values: Float32Array): Texture;
  /** The result of a launch, left on the GPU. */
  keep(launch: Launch): Texture;
  /** The result of a launch: [x·y·z] of its program's output. */
  compute(launch: Launch): Float32Array;
  /** A texture's values: [length]. */
  read(texture: Texture): Float32Array;
  /** Frees all kernels and the context. */
  destroy(): Promise<void>;
}

/** Keeps what a launch depends on, then finishes it; textures on the way are freed. */
function run<T>(
  launch: Launch,
  keep: (program: Program, operands: readonly Texture[]) => Texture,
  finish: (program: Program, operands: readonly Texture[]) => T,
): T {
  const made = new Map<Launch, Texture>();
  const texturesOf = ({ operands }: Launch): Texture[] =>
    operands.map((operand) => (isLaunch(operand) ? made.get(operand)! : operand));
  try {
    for (const next of inOrder(launch).slice(0, -1)) made.set(next, keep(next.program, texturesOf(next)));
    return finish(launch.program, texturesOf(launch));
  } finally {
    for (const texture of made.values()) texture.delete();
  }
}

/** Opens the context, and shows that it computes. */
function probe(gpu: SyncGpu): void {
  const x = gpu.upload(Float32Array.of(3));
  const [found] = gpu.compute({ program: DOUBLE, operands: [x] });
  x.delete();
  if (found !== 6)
    throw new GpuError(`gpu.js mode ${gpu.mode}: expected 2·3 = 6, but the device says ${found}`);
}

/**
 * Opens a mode and checks that it computes, and on what.
 * @param gpujs the exports of the package gpu.js
 * @throws GpuError if the mode is not available, or computes on anything but the GPU (`cpu` by name excepted)
 */
export function openGpu(gpujs: GpuJs, mode: SyncGpuMode | 'cpu'): SyncGpu {
  const session = new Session(gpujs, mode);
  const collect = (program: Program, operands: readonly Texture[]): Float32Array =>
    session.collect(program, operands);
  // gpu.js's CPU kernels have no textures: there values stay values.
  const keep = (program: Program, operands: readonly Texture[]): Texture =>
    mode === 'cpu' ? valuesTexture(gpujs, collect(program, operands)) : session.keep(program, operands);
  const gpu: SyncGpu = {
    mode,
    get device() {
      return session.device;
    },
    get compiled() {
      return session.compiled;
    },
    upload: (values) => keep(uploadProgram(values.length), [valuesTexture(gpujs, values)]),
    keep: (launch) => run(launch, keep, keep),
    compute: (launch) => run(launch, keep, collect),
    read({ raw }) {
      const { value, toArray } = raw as { readonly value?: Float32Array; toArray(): unknown };
      if (value !== undefined) return value;
      const planes = toArray.call(raw);
      session.checkContext();
      return joined(planes);
    },
    destroy: () => session.destroy(),
  };
  try {
    probe(gpu);
  } catch (error) {
    void session.destroy();
    throw error;
  }
  return gpu;
}
