// Both backends side by side, and the numbers the kernel tests compare them with.
import fc from 'fast-check';
import { readWasmBytes } from '../../src/host/loadKernels.ts';
import type { DType, FloatType, HostArray, KernelBuffer, Kernels } from '../../src/kernels/index.ts';
import { referenceKernels, wasmKernels } from '../../src/kernels/index.ts';

/** The bytes of the build under test: GRADSPLIT_SIMD names it, see vitest.config.ts. */
export function wasmBytes(): Uint8Array<ArrayBuffer> {
  return readWasmBytes();
}

export const wasm: Kernels = wasmKernels(wasmBytes());
export const reference: Kernels = referenceKernels();

export const floatTypes: readonly FloatType[] = ['f32', 'f64'];

/** Around the widths of vectors, tiles and unrolled loops. */
export const sizes: readonly number[] = [0, 1, 3, 7, 31, 33, 257];

/** Unit roundoff: half the distance from 1 to the next number. */
export const unit: Record<FloatType, number> = { f32: 2 ** -24, f64: 2 ** -53 };

export const special: readonly number[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  1e-40, // subnormal in f32
  -1e-40,
  5e-324, // the smallest subnormal of f64, 0 in f32
  -3e-310,
  3.4e38,
  -1.7e308, // infinite in f32
];

/** Doubles with a good share of special ones. */
export const anyDouble: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.double({ noNaN: true, min: -10, max: 10 }) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(...special) },
);

/** The values over and over, `count` in all: enough numbers for any shape, and a short counter-example. */
export function cycled(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => values[i % values.length]!);
}

/** `count` values, reproducible and without structure. */
export function noise(count: number, seed = 1): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 4;
  });
}

/** Values as they are after rounding to the element type. */
export function rounded(dtype: DType, values: ArrayLike<number>): number[] {
  if (dtype === 'f32') return Array.from(Float32Array.from(values));
  return dtype === 'i32' ? Array.from(Int32Array.from(values)) : Array.from(values);
}

/** Runs `body` with buffers that are released afterwards. */
export function withBuffers<R>(
  kernels: Kernels,
  body: (put: (dtype: DType, values: ArrayLike<number>) => KernelBuffer) => R,
): R {
  const buffers: KernelBuffer[] = [];
  try {
    return body((dtype, values) => {
      const buffer = kernels.allocate(dtype, values.length);
      buffers.push(buffer);
      kernels.write(buffer, values);
      return buffer;
    });
  } finally {
    for (const buffer of buffers) kernels.release(buffer);
  }
}

/** The result of `body` on both backends: [wasm, reference]. */
export function onBoth(
  body: (kernels: Kernels, put: (dtype: DType, values: ArrayLike<number>) => KernelBuffer) => KernelBuffer,
): [HostArray, HostArray] {
  const run = (kernels: Kernels): HostArray =>
    withBuffers(kernels, (put) => kernels.readSync(body(kernels, put)));
  return [run(wasm), run(reference)];
}

/** The distance of neighbouring numbers of the type at |x|. */
export function ulp(dtype: FloatType, x: number): number {
  const [digits, smallest] = dtype === 'f32' ? [23, -149] : [52, -1074];
  const exponent = x === 0 ? smallest : Math.floor(Math.log2(Math.abs(x)));
  return 2 ** Math.max(exponent - digits, smallest);
}

/** Throws unless |found − expected| ≤ allowed(i); equal infinities and two NaNs agree. Says where it failed. */
export function expectWithin(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: (i: number) => number,
): void {
  if (found.length !== expected.length) throw new Error(`lengths ${found.length} and ${expected.length}`);
  for (let i = 0; i < found.length; i++) {
    const [f, e] = [found[i]!, expected[i]!];
    if (Object.is(f, e) || f === e) continue;
    if (!(Math.abs(f - e) <= allowed(i))) {
      throw new Error(`[${i}]: found ${f}, expected ${e} ± ${allowed(i)}`);
    }
  }
}

/** Throws unless the values are the same to the bit (all NaNs being one). */
export function expectSameBits(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  if (found.length !== expected.length) throw new Error(`lengths ${found.length} and ${expected.length}`);
  for (let i = 0; i < found.length; i++) {
    if (!Object.is(found[i], expected[i]))
      throw new Error(`[${i}]: found ${found[i]}, expected ${expected[i]}`);
  }
}
