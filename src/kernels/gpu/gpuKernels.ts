// Kernels of which the large products and softmaxes run on a GPU and all else on WebAssembly. What is sent there and what is
// not is decided by size alone, and counted.
import type { Crossover } from '../../documents/kernels.ts';
import { checkLinear, checkLinearAdd, checkMatmul, checkRows } from '../checks.ts';
import type { KernelBuffer, Kernels } from '../interface.ts';
import { wrapKernels } from '../wrapKernels.ts';
import type { SyncGpu } from './gpu.ts';
import type { Launch, Passes } from './launch.ts';
import { geluLaunch, linearLaunch, matmulLaunch } from './products.ts';
import { Residency } from './residency.ts';
import { rowLaunch } from './rows.ts';

/** Everything on the GPU, from a given size; 1 sends all there is, null nothing. */
export function everythingFrom(size: number | null): Crossover {
  return { matmul: size, linearGelu: size, softmax: size, logSoftmax: size };
}

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

/**
 * Kernels whose work above the crossover is computed by a GPU, in f32; f64, and operands that are not finite, stay on WASM.
 * Results of the GPU differ from WASM's in the last bits.
 * @param kernels WASM kernels, which own all memory; not to be used beside these
 */
export function gpuKernels(kernels: Kernels, gpu: SyncGpu, crossover: Crossover): GpuKernels {
  const residency = new Residency(kernels, gpu);
  let calls = 0;
  // A kernel may leave elements of what it writes as they were, so that must be up to date too.
  const onWasm = wrapKernels(kernels, (_name, { reads, writes }, compute) => {
    residency.fetch(reads);
    residency.fetch(writes);
    compute();
    for (const buffer of writes) residency.forget(buffer);
  });
  const release = (buffer: KernelBuffer): void => {
    residency.forget(buffer);
    kernels.release(buffer);
  };
  /** Computes `out` on the GPU; false if an operand is not finite. */
  const send = (launch: Passes, operands: readonly KernelBuffer[], out: KernelBuffer): boolean => {
    const textures = residency.textures(operands);
    if (textures === undefined) return false;
    residency.setAhead(out, gpu.keep(launch, textures));
    calls++;
    return true;
  };
  const wins = ({ crossing, size }: Launch, { dtype }: KernelBuffer): boolean => {
    const from = crossover[crossing];
    return dtype === 'f32' && size > 0 && from !== null && size >= from;
  };
  /** Computes `out` on the GPU if that is faster; false if WASM has to. */
  const sent = (launch: Launch, operands: readonly KernelBuffer[], out: KernelBuffer): boolean =>
    wins(launch, out) && send(launch, operands, out);

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
    memory: kernels.memory,
    choices: kernels.choices,
    release,
    write(buffer, values) {
      residency.forget(buffer);
      kernels.write(buffer, values);
    },
    readSync(buffer) {
      residency.fetch([buffer]);
      return kernels.readSync(buffer);
    },
    async read(buffer) {
      residency.fetch([buffer]);
      return kernels.read(buffer);
    },
    ...onWasm,
    matmul(form, a, b, out, sizes) {
      checkMatmul(form, a, b, out, sizes);
      if (!sent(matmulLaunch(form, sizes), [a, b], out)) onWasm.matmul(form, a, b, out, sizes);
    },
    linear(x, weight, bias, out, sizes) {
      checkLinear(x, weight, bias, out, sizes);
      if (!sent(linearLaunch('linear', sizes), [x, weight, bias], out))
        onWasm.linear(x, weight, bias, out, sizes);
    },
    linearGelu(x, weight, bias, out, sizes) {
      checkLinear(x, weight, bias, out, sizes);
      if (!sent(linearLaunch('linearGelu', sizes), [x, weight, bias], out))
        onWasm.linearGelu(x, weight, bias, out, sizes);
    },
    linearAdd(x, weight, bias, residual, out, sizes) {
      checkLinearAdd(x, weight, bias, residual, out, sizes);
      const launch = linearLaunch('linear', sizes);
      if (!wins(launch, out)) return onWasm.linearAdd(x, weight, bias, residual, out, sizes);
      // The product on the GPU, in memory of its own since the residual may be `out`; the sum on WASM.
      const product = kernels.allocate('f32', out.length);
      try {
        if (send(launch, [x, weight, bias], product)) onWasm.binary('add', residual, product, out);
        else onWasm.linearAdd(x, weight, bias, residual, out, sizes);
      } finally {
        release(product);
      }
    },
    row(kernel, x, out, rows, columns) {
      checkRows(kernel, x, out, rows, columns, columns);
      if (!sent(rowLaunch(kernel, rows, columns), [x], out)) onWasm.row(kernel, x, out, rows, columns);
    },
    unary(kernel, x, out) {
      // Alone gelu does not pay; on what is there anyway it saves a transfer.
      const there = kernel === 'gelu' && out.dtype === 'f32' && residency.has(x);
      if (!(there && send(geluLaunch(x.length), [x], out))) onWasm.unary(kernel, x, out);
    },
    finish: () => residency.fetchAll(),
    async destroy() {
      residency.clear();
      await gpu.destroy();
    },
  };
}
