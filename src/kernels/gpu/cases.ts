// What every mode is asked to compute: each kernel at a size, its operands, what should come out, and the same on WASM.
import type { KernelBuffer, Kernels, MatmulForm, RowKernel } from '../interface.ts';
import { type Expected, expectedGelu, expectedProduct, expectedRow } from './bounds.ts';
import { linearGeluLaunch, linearLaunch, matmulLaunch } from './products.ts';
import type { Launch, Operand } from './program.ts';
import { rowLaunch } from './rowPrograms.ts';

/** A kernel at a size. */
export interface GpuCase {
  readonly name: string;
  readonly size: number;
  readonly operands: readonly Float32Array[];
  launch(operands: readonly Operand[]): Launch;
  expected(): Expected;
  /** The same by other kernels, from the operands into `out`. */
  onKernels(kernels: Kernels, operands: readonly KernelBuffer[], out: KernelBuffer): void;
  /** Elements of the result. */
  readonly length: number;
}

/** Reproducible values in ±`range` without structure. */
export function noise(count: number, range: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * range;
  });
}

/** Sizes at which kernels are compared. */
export const caseSizes: readonly number[] = [1, 3, 33, 64, 256];

function product(form: MatmulForm, size: number, batch: number): GpuCase {
  const [m, n, k] = [size, size, size];
  const sizes = { batch, m, n, k };
  const [a, b] = [noise(batch * m * k, 0.5, 1), noise(batch * k * n, 0.5, 2)];
  return {
    name: batch === 1 ? `matmul ${form}` : `batched matmul ${form}`,
    size,
    operands: [a, b],
    launch: ([x, y]) => matmulLaunch(form, sizes, x!, y!),
    expected: () => expectedProduct(form, sizes, a, b),
    onKernels: (kernels, [x, y], out) => kernels.matmul(form, x!, y!, out, sizes),
    length: batch * m * n,
  };
}

function affine(name: 'linear' | 'linearGelu', size: number): GpuCase {
  const sizes = { m: size, n: size, k: size };
  const [x, weight, bias] = [noise(size * size, 0.5, 3), noise(size * size, 0.5, 4), noise(size, 0.5, 5)];
  const launch = name === 'linear' ? linearLaunch : linearGeluLaunch;
  return {
    name,
    size,
    operands: [x, weight, bias],
    launch: ([a, b, c]) => launch(sizes, a!, b!, c!),
    expected: () => {
      const sums = expectedProduct('nn', { batch: 1, ...sizes }, x, weight, bias);
      return name === 'linear' ? sums : expectedGelu(sums);
    },
    onKernels: (kernels, [a, b, c], out) => kernels[name](a!, b!, c!, out, sizes),
    length: size * size,
  };
}

function row(kernel: RowKernel, size: number): GpuCase {
  const x = noise(size * size, 4, 6);
  return {
    name: kernel,
    size,
    operands: [x],
    launch: ([a]) => rowLaunch(kernel, size, size, a!),
    expected: () => expectedRow(kernel, x, size, size),
    onKernels: (kernels, [a], out) => kernels.row(kernel, a!, out, size, size),
    length: size * size,
  };
}

/** Every kernel at a size: square matrices, the batched product of three. */
export function casesOf(size: number): GpuCase[] {
  return [
    product('nn', size, 1),
    product('tn', size, 1),
    product('nt', size, 1),
    product('nn', size, 3),
    affine('linear', size),
    affine('linearGelu', size),
    row('softmax', size),
    row('logSoftmax', size),
  ];
}

/** The element with the largest share of its allowed error; NaN exceeds everything. */
export function worst(found: Float32Array, gpuCase: GpuCase): { maxError: number; tolerance: number } {
  const { values, bounds } = gpuCase.expected();
  let largest = { maxError: 0, tolerance: bounds[0] ?? 0 };
  for (let i = 0; i < values.length; i++) {
    const maxError = Math.abs(found[i]! - values[i]!);
    const tolerance = bounds[i]!;
    if (Number.isNaN(maxError)) return { maxError: Number.POSITIVE_INFINITY, tolerance };
    if (maxError * largest.tolerance > largest.maxError * tolerance) largest = { maxError, tolerance };
  }
  return largest;
}
