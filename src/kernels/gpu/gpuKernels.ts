// Kernels of which the large products and softmaxes run on a GPU and all else on WebAssembly. What is sent there and what is
// not is decided by size alone, and counted.
import type { Crossover } from '../../documents/kernels.ts';
import { checkLinear, checkLinearAdd, checkMatmul, checkRows } from '../checks.ts';
import type { Computing, FloatType, KernelBuffer, Kernels } from '../interface.ts';
import { wrapKernels } from '../wrapKernels.ts';
import { geluLaunch, linearGeluLaunch, linearLaunch, matmulLaunch } from './products.ts';
import type { Launch, Texture } from './program.ts';
import { Residency } from './residency.ts';
import { rowLaunch } from './rowPrograms.ts';
import type { SyncGpu } from './syncGpu.ts';

/** Kernels with a GPU, and what it has done. */
export interface GpuKernels extends Kernels {
  /** The mode of gpu.js. */
  readonly mode: string;
  /** The sizes from which work goes to the GPU. */
  readonly crossover: Crossover;
  /** Calls that the GPU has computed so far. */
  readonly gpuCalls: number;
  /** Buffers that have a texture now. */
  readonly resident: number;
  /** Fetches what is only on the GPU: before, nothing need have been computed. */
  finish(): void;
  /** Fetches what is only on the GPU, frees it and closes the context; the WASM kernels stay usable. */
  destroy(): Promise<void>;
}

/** The WASM kernels, each bringing its operands up to date first and declaring what it writes. */
function watched(kernels: Kernels, residency: Residency): Computing {
  return wrapKernels(kernels, (_, { reads, indices, writes }, compute) => {
    residency.settle([...reads, ...indices, ...writes]);
    compute();
    for (const buffer of writes) residency.forget(buffer);
  });
}

/**
 * Kernels whose work above the crossover is computed by a GPU, in f32; f64, and operands that are not finite, stay on WASM.
 * Results of the GPU differ from WASM's in the last bits.
 * @param kernels WASM kernels, which own all memory; not to be used beside these
 */
export function gpuKernels(kernels: Kernels, gpu: SyncGpu, crossover: Crossover): GpuKernels {
  const residency = new Residency(kernels, gpu);
  const onWasm = watched(kernels, residency);
  let calls = 0;

  /** Whether `work` of a kernel is past the work at size N of its crossover, N to the power `power`. */
  const wins = (dtype: string, kernel: keyof Crossover, work: number, power: number): boolean => {
    const from = crossover[kernel];
    return (dtype as FloatType) === 'f32' && work > 0 && from !== null && work >= from ** power;
  };
  /** Computes on the GPU; false if an operand is not finite. */
  const send = (
    operands: readonly KernelBuffer[],
    out: KernelBuffer,
    launch: (textures: readonly Texture[]) => Launch,
  ): boolean => {
    const textures = residency.textures(operands);
    if (textures === undefined) return false;
    residency.setAhead(out, gpu.keep(launch(textures)));
    calls++;
    return true;
  };

  const affine =
    (name: 'linear' | 'linearGelu', launch: typeof linearLaunch): Kernels['linear'] =>
    (x, weight, bias, out, sizes) => {
      checkLinear(x, weight, bias, out, sizes);
      const { m, n, k } = sizes;
      const sent =
        wins(out.dtype, name === 'linear' ? 'matmul' : 'linearGelu', m * n * k, 3) &&
        send([x, weight, bias], out, ([a, b, c]) => launch(sizes, a!, b!, c!));
      if (!sent) onWasm[name](x, weight, bias, out, sizes);
    };

  return {
    backend: 'gpu',
    device: gpu.device,
    mode: gpu.mode,
    build: kernels.build,
    crossover,
    get threads() {
      return kernels.threads;
    },
    get gpuCalls() {
      return calls;
    },
    get resident() {
      return residency.size;
    },
    allocate: kernels.allocate,
    release(buffer) {
      residency.forget(buffer);
      kernels.release(buffer);
    },
    write(buffer, values) {
      residency.forget(buffer);
      kernels.write(buffer, values);
    },
    readSync(buffer) {
      residency.settle([buffer]);
      return kernels.readSync(buffer);
    },
    async read(buffer) {
      residency.settle([buffer]);
      return kernels.read(buffer);
    },
    memory: kernels.memory,
    choices: kernels.choices,
    ...onWasm,
    matmul(form, a, b, out, sizes) {
      checkMatmul(form, a, b, out, sizes);
      const { batch, m, n, k } = sizes;
      const sent =
        wins(out.dtype, 'matmul', batch * m * n * k, 3) &&
        send([a, b], out, ([x, y]) => matmulLaunch(form, sizes, x!, y!));
      if (!sent) onWasm.matmul(form, a, b, out, sizes);
    },
    linear: affine('linear', linearLaunch),
    // The product on the GPU, in memory of its own since the residual may be `out`; the sum on WASM.
    linearAdd(x, weight, bias, residual, out, sizes) {
      checkLinearAdd(x, weight, bias, residual, out, sizes);
      if (!wins(out.dtype, 'matmul', sizes.m * sizes.n * sizes.k, 3)) {
        onWasm.linearAdd(x, weight, bias, residual, out, sizes);
        return;
      }
      const sum = kernels.allocate(out.dtype, out.length);
      try {
        const sent = send([x, weight, bias], sum, ([a, b, c]) => linearLaunch(sizes, a!, b!, c!));
        if (sent) onWasm.binary('add', residual, sum, out);
        else onWasm.linearAdd(x, weight, bias, residual, out, sizes);
      } finally {
        residency.forget(sum);
        kernels.release(sum);
      }
    },
    linearGelu: affine('linearGelu', linearGeluLaunch),
    row(kernel, x, out, rows, columns) {
      checkRows(kernel, x, out, rows, columns, columns);
      const sent =
        wins(out.dtype, kernel, rows * columns, 2) &&
        send([x], out, ([texture]) => rowLaunch(kernel, rows, columns, texture!));
      if (!sent) onWasm.row(kernel, x, out, rows, columns);
    },
    unary(kernel, x, out) {
      // Alone gelu does not pay; on what is there anyway it saves a transfer.
      const there = kernel === 'gelu' && out.dtype === 'f32' && residency.has(x);
      if (there && send([x], out, ([texture]) => geluLaunch(x.length, texture!))) return;
      onWasm.unary(kernel, x, out);
    },
    finish: () => residency.fetchAll(),
    async destroy() {
      residency.clear();
      await gpu.destroy();
    },
  };
}
