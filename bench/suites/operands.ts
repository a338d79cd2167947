// Operands of the suites: reproducible numbers in wasm and reference buffers.
import { randomStream } from '../../src/base/random.ts';
import type { FloatType, KernelBuffer, Kernels } from '../../src/kernels/index.ts';

/** `count` numbers in [−1, 1). */
export function operand(purpose: string, count: number): Float64Array {
  const stream = randomStream(1, purpose);
  return Float64Array.from({ length: count }, () => 2 * stream.uniform() - 1);
}

/** A new buffer with these values. */
export function put(kernels: Kernels, dtype: FloatType, values: ArrayLike<number>): KernelBuffer {
  const buffer = kernels.allocate(dtype, values.length);
  kernels.write(buffer, values);
  return buffer;
}

/** Unit roundoff. */
export const unit: Readonly<Record<FloatType, number>> = { f32: 2 ** -24, f64: 2 ** -53 };

/** The multiply-add rate of a type: f64 has half the lanes. */
export function rateOf(dtype: FloatType, gflops: number): number {
  return dtype === 'f32' ? gflops : gflops / 2;
}

/** max_i |found_i − expected_i| / allowed_i; a NaN or another length makes it infinite. */
export function worstRatio(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: (i: number) => number,
): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < found.length; i++) {
    const ratio = found[i] === expected[i] ? 0 : Math.abs(found[i]! - expected[i]!) / allowed(i);
    if (!(ratio <= worst)) worst = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
  }
  return worst;
}
