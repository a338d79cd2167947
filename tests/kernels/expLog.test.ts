// exp and log against the mathematical value. For f32 that value is Math.exp and Math.log in float64, whose own error is
// 2^-29 of an f32 ulp; for f64 it is the same functions, whose own error is below 1 ulp (they follow fdlibm), so that our
// ≤ 1.1 and ≤ 1 ulp may appear as two whole ones.
import { describe, expect, it } from 'vitest';
import type { FloatType } from '../../src/kernels/index.ts';
import { expectSameBits, floatTypes, ulp, wasm, withBuffers } from './backends.ts';

/** Largest error in ulps over the arguments; infinities, zeros and NaNs must agree exactly. */
function worst(kernel: 'exp' | 'log', dtype: FloatType, values: Float64Array): number {
  return withBuffers(wasm, (put) => {
    const x = put(dtype, values);
    const argument = wasm.readSync(x);
    wasm.unary(kernel, x, x);
    const found = wasm.readSync(x);
    const largest = dtype === 'f32' ? 3.4028234663852886e38 : Number.MAX_VALUE;
    let error = 0;
    for (let i = 0; i < found.length; i++) {
      const exact = Math[kernel](argument[i]!);
      const nearest = dtype === 'f32' ? Math.fround(exact) : exact;
      if (Object.is(found[i], nearest)) continue;
      // Where one of the two has overflowed, the largest number stands for infinity.
      const clamp = (v: number): number => Math.max(-largest, Math.min(largest, v));
      const distance = Math.abs(clamp(found[i]!) - clamp(exact)) / ulp(dtype, clamp(exact));
      if (!(distance <= error)) error = distance;
    }
    return error;
  });
}

function spread(count: number, low: number, high: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => low + ((high - low) * (i + 0.37)) / count);
}

const bound: Record<FloatType, number> = { f32: 1.5, f64: 2 };

describe.each(floatTypes)('exp and log, %s', (dtype) => {
  it('exp is right over the whole range', () => {
    const [low, high] = dtype === 'f32' ? [-106, 89] : [-747, 710];
    expect(worst('exp', dtype, spread(400_000, low, high))).toBeLessThanOrEqual(bound[dtype]);
    expect(worst('exp', dtype, spread(200_000, -2, 2))).toBeLessThanOrEqual(bound[dtype]);
    expect(worst('exp', dtype, spread(50_000, -1e-6, 1e-6))).toBeLessThanOrEqual(bound[dtype]);
  });

  it('exp underflows gradually', () => {
    const [low, high] = dtype === 'f32' ? [-104.5, -87] : [-746, -708];
    expect(worst('exp', dtype, spread(100_000, low, high))).toBeLessThanOrEqual(bound[dtype]);
  });

  it('log is right over the whole range, subnormals included', () => {
    const [low, high] = dtype === 'f32' ? [-103, 88.7] : [-744, 709.7];
    expect(worst('log', dtype, spread(400_000, low, high).map(Math.exp))).toBeLessThanOrEqual(bound[dtype]);
    expect(worst('log', dtype, spread(200_000, 0.4, 2.5))).toBeLessThanOrEqual(bound[dtype]);
    expect(worst('log', dtype, spread(100_000, 1 - 1e-5, 1 + 1e-5))).toBeLessThanOrEqual(bound[dtype]);
  });

  it('knows the special values', () => {
    const tiny = dtype === 'f32' ? 2 ** -149 : Number.MIN_VALUE;
    const inputs = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, -1, -tiny];
    withBuffers(wasm, (put) => {
      const x = put(dtype, inputs);
      const out = put(dtype, inputs);
      wasm.unary('log', x, out);
      const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
      expectSameBits(wasm.readSync(out), [nan, inf, nan, minusInf, minusInf, 0, nan, nan]);
      wasm.unary('exp', x, out);
      expectSameBits(Array.from(wasm.readSync(out)).slice(0, 5), [nan, inf, 0, 1, 1]);
      expect(wasm.readSync(out)[7]).toBe(1);
      wasm.write(x, [1000, -1000, 1e30, -1e30, 1e-30, 0, 0, 0]);
      wasm.unary('exp', x, out);
      expectSameBits(wasm.readSync(out), [inf, 0, inf, 0, 1, 1, 1, 1]);
    });
  });

  it('the measure itself notices two ulps more', () => {
    withBuffers(wasm, (put) => {
      const x = put(dtype, [1.25]);
      wasm.unary('exp', x, x);
      const off = wasm.readSync(x)[0]! + 4 * ulp(dtype, Math.exp(1.25));
      expect(Math.abs(off - Math.exp(1.25)) / ulp(dtype, Math.exp(1.25))).toBeGreaterThan(bound[dtype]);
    });
  });
});
