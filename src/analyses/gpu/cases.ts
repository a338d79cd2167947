// What every mode is asked to compute: each kernel on N×N operands; how far off the result is, and how long it takes beside WASM.
import type { KernelReport } from '../../documents/gpu.ts';
import type { Gpu } from '../../kernels/gpu/gpu.ts';
import type { Launch } from '../../kernels/gpu/launch.ts';
import { linearLaunch, matmulLaunch } from '../../kernels/gpu/products.ts';
import { rowLaunch } from '../../kernels/gpu/rows.ts';
import type { Kernels } from '../../kernels/index.ts';
import type { KernelBuffer, MatmulForm, RowKernel } from '../../kernels/operands.ts';
import { type Expected, expectedGelu, expectedProduct, expectedRow } from './bounds.ts';

/** A kernel with operands, and what it should give. */
interface Case {
  readonly launch: Launch;
  readonly operands: readonly Float32Array[];
  expected(): Expected;
  /** The same by other kernels, from the operands into `out`. */
  onKernels(kernels: Kernels, operands: readonly KernelBuffer[], out: KernelBuffer): void;
  /** Elements of the result. */
  readonly length: number;
}

/** A kernel by name at a size. */
export interface GpuCase extends Case {
  readonly name: string;
  readonly size: number;
}

/** Reproducible values in ±`range` without structure. */
function noise(count: number, range: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * range;
  });
}

function product(form: MatmulForm, n: number, batch: number = 1): Case {
  const sizes = { batch, m: n, n, k: n };
  const length = batch * n * n;
  const operands = [noise(length, 0.5, 1), noise(length, 0.5, 2)];
  const expected = (): Expected => expectedProduct(form, sizes, operands);
  return {
    launch: matmulLaunch(form, sizes),
    operands,
    expected,
    onKernels: (kernels, [a, b], out) => kernels.matmul(form, a!, b!, out, sizes),
    length,
  };
}

function affine(kernel: 'linear' | 'linearGelu', n: number): Case {
  const sizes = { batch: 1, m: n, n, k: n };
  const operands = [noise(n * n, 0.5, 3), noise(n * n, 0.5, 4), noise(n, 0.5, 5)];
  const expected = (): Expected => {
    const sum = expectedProduct('nn', sizes, operands);
    return kernel === 'linear' ? sum : (at) => expectedGelu(sum(at));
  };
  return {
    launch: linearLaunch(kernel, sizes),
    operands,
    expected,
    onKernels: (kernels, [x, weight, bias], out) => kernels[kernel](x!, weight!, bias!, out, sizes),
    length: n * n,
  };
}

function rows(kernel: RowKernel, n: number): Case {
  const x = noise(n * n, 4, 6);
  return {
    launch: rowLaunch(kernel, n, n),
    operands: [x],
    expected: () => expectedRow(kernel, x, n),
    onKernels: (kernels, [operand], out) => kernels.row(kernel, operand!, out, n, n),
    length: n * n,
  };
}

const cases = {
  'matmul nn': (n: number) => product('nn', n),
  'matmul tn': (n: number) => product('tn', n),
  'matmul nt': (n: number) => product('nt', n),
  'batched matmul nn': (n: number) => product('nn', n, 3),
  linear: (n: number) => affine('linear', n),
  linearGelu: (n: number) => affine('linearGelu', n),
  softmax: (n: number) => rows('softmax', n),
  logSoftmax: (n: number) => rows('logSoftmax', n),
};

/** Names of the kernels that are compared. */
export type CaseName = keyof typeof cases;

/** A kernel on N×N operands. */
export function caseOf(name: CaseName, size: number): GpuCase {
  return { name, size, ...cases[name](size) };
}

/** Every kernel at a size. */
export function casesOf(size: number): GpuCase[] {
  return Object.keys(cases).map((name) => caseOf(name as CaseName, size));
}

/** The error, and what is allowed, of the element with the largest share of it; NaN exceeds everything. */
export function worstElement(
  gpuCase: GpuCase,
  found: Float32Array,
): Pick<KernelReport, 'maxError' | 'tolerance'> {
  const expected = gpuCase.expected();
  let largest = { maxError: 0, tolerance: expected(0).bound };
  for (let i = 0; i < gpuCase.length; i++) {
    const { value, bound: tolerance } = expected(i);
    const maxError = Math.abs(found[i]! - value);
    if (Number.isNaN(maxError)) return { maxError: Number.POSITIVE_INFINITY, tolerance };
    if (maxError * largest.tolerance > largest.maxError * tolerance) largest = { maxError, tolerance };
  }
  return largest;
}

/** A measurement lasts at least so many milliseconds: browsers round their clock. */
const LEAST = 5;

/** Milliseconds of a call, at once or later, that has been made before: the first one compiles. */
async function millisecondsOf(body: () => unknown): Promise<number> {
  for (let calls = 1; ; calls *= 4) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) {
      const result = body();
      if (result instanceof Promise) await result;
    }
    const elapsed = performance.now() - start;
    if (elapsed >= LEAST) return elapsed / calls;
  }
}

/** Milliseconds on a GPU, transfers included, and on WASM, operands in place. */
export async function timesOf(
  { launch, operands, onKernels, length }: GpuCase,
  gpu: Gpu,
  kernels: Kernels,
): Promise<Pick<KernelReport, 'milliseconds' | 'wasmMilliseconds'>> {
  const milliseconds = await millisecondsOf(() => gpu.compute(launch, operands));
  const buffers = [...operands, new Float32Array(length)].map((values) => {
    const buffer = kernels.allocate('f32', values.length);
    kernels.write(buffer, values);
    return buffer;
  });
  const out = buffers.at(-1)!;
  try {
    const call = (): void => onKernels(kernels, buffers, out);
    call();
    return { milliseconds, wasmMilliseconds: await millisecondsOf(call) };
  } finally {
    for (const buffer of buffers) kernels.release(buffer);
  }
}
