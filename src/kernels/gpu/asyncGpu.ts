// WebGPU: every result is a promise, so that the event loop is never blocked. `Kernels` answer at once and are not made of it.

import type { MatmulForm, RowKernel } from '../interface.ts';
import type { LinearSizes, MatmulSizes } from '../operands.ts';
import type { GpuJs } from './gpujs.ts';
import { GpuError } from './mode.ts';
import { linearGeluLaunch, linearLaunch, matmulLaunch } from './products.ts';
import { DOUBLE, inOrder, isLaunch, type Launch, type Texture } from './program.ts';
import { valuesTexture } from './results.ts';
import { rowLaunch } from './rowPrograms.ts';
import { Session, uploadProgram } from './session.ts';

/** A GPU that answers later. All arrays are flat, row-major and f32. */
export interface AsyncGpu {
  readonly mode: 'webgpu';
  /** What computes, as its driver names it. */
  readonly device: string;
  /** Host values [length] as a buffer on the GPU. */
  upload(values: Float32Array): Promise<Texture>;
  /** The result of a launch: [x·y·z] of its program's output. */
  compute(launch: Launch): Promise<Float32Array>;
  /** `batch` products op(A)·op(B): [batch·m·n]. */
  matmul(form: MatmulForm, a: Float32Array, b: Float32Array, sizes: MatmulSizes): Promise<Float32Array>;
  /** x·W + b: x [m·k], weight [k·n], bias [n] → [m·n]. */
  linear(
    x: Float32Array,
    weight: Float32Array,
    bias: Float32Array,
    sizes: LinearSizes,
  ): Promise<Float32Array>;
  /** gelu(x·W + b) in one pass: [m·n]. */
  linearGelu(
    x: Float32Array,
    weight: Float32Array,
    bias: Float32Array,
    sizes: LinearSizes,
  ): Promise<Float32Array>;
  /** softmax or logSoftmax of every row of x [rows·columns]. */
  row(kernel: RowKernel, x: Float32Array, rows: number, columns: number): Promise<Float32Array>;
  /** Frees all kernels; the device itself belongs to gpu.js and outlives them. */
  destroy(): Promise<void>;
}

async function probe(gpu: AsyncGpu): Promise<void> {
  const x = await gpu.upload(Float32Array.of(3));
  const [found] = await gpu.compute({ program: DOUBLE, operands: [x] });
  x.delete();
  if (found !== 6) throw new GpuError(`gpu.js mode webgpu: expected 2·3 = 6, but the device says ${found}`);
}

/**
 * Opens WebGPU and checks that it computes.
 * @param gpujs the exports of the package gpu.js
 * @throws GpuError (as a rejection) if there is no adapter, or gpu.js computes on anything else
 */
export async function openAsyncGpu(gpujs: GpuJs): Promise<AsyncGpu> {
  const session = new Session(gpujs, 'webgpu');
  const upload = (values: Float32Array): Promise<Texture> =>
    session.keepLater(uploadProgram(values.length), [valuesTexture(gpujs, values)]);
  const compute = async (last: Launch): Promise<Float32Array> => {
    const made = new Map<Launch, Texture>();
    const texturesOf = ({ operands }: Launch): Texture[] =>
      operands.map((operand) => (isLaunch(operand) ? made.get(operand)! : operand));
    try {
      for (const next of inOrder(last).slice(0, -1))
        made.set(next, await session.keepLater(next.program, texturesOf(next)));
      return await session.collectLater(last.program, texturesOf(last));
    } finally {
      for (const texture of made.values()) texture.delete();
    }
  };
  /** Uploads, computes, frees. */
  const withTextures = async (
    values: readonly Float32Array[],
    launchOf: (...textures: Texture[]) => Launch,
  ): Promise<Float32Array> => {
    const textures = await Promise.all(values.map(upload));
    try {
      return await compute(launchOf(...textures));
    } finally {
      for (const texture of textures) texture.delete();
    }
  };
  const gpu: AsyncGpu = {
    mode: 'webgpu',
    get device() {
      return session.device;
    },
    upload,
    compute,
    matmul: (form, a, b, sizes) => withTextures([a, b], (x, y) => matmulLaunch(form, sizes, x!, y!)),
    linear: (x, weight, bias, sizes) =>
      withTextures([x, weight, bias], (a, b, c) => linearLaunch(sizes, a!, b!, c!)),
    linearGelu: (x, weight, bias, sizes) =>
      withTextures([x, weight, bias], (a, b, c) => linearGeluLaunch(sizes, a!, b!, c!)),
    row: (kernel, x, rows, columns) => withTextures([x], (a) => rowLaunch(kernel, rows, columns, a!)),
    destroy: () => session.destroy(),
  };
  try {
    await probe(gpu);
  } catch (error) {
    await session.destroy();
    throw error;
  }
  return gpu;
}
