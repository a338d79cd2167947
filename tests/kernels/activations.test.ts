// tanh, the logistic function, 1/√x and GELU against the mathematical value. For f32 that value comes from float64, whose
// error is far below an ulp of f32; for f64 from Math (fdlibm, below 1 ulp itself), so that our bound may appear with one
// whole ulp more.
import { describe, expect, it } from 'vitest';
import type { FloatType, KernelBuffer, Kernels } from '../../src/kernels/index.ts';
import type { UnaryKernel } from '../../src/kernels/operands.ts';
import {
  expectSameBits,
  expectWithin,
  floatTypes,
  noise,
  onBoth,
  sizes,
  special,
  ulp,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

/** Largest error in ulps over the arguments. */
function worst(
  kernel: UnaryKernel,
  exact: (x: number) => number,
  dtype: FloatType,
  xs: Float64Array,
): number {
  return withBuffers(wasm, (put) => {
    const x = put(dtype, xs);
    const argument = wasm.readSync(x);
    wasm.unary(kernel, x, x);
    const found = wasm.readSync(x);
    let error = 0;
    for (let i = 0; i < found.length; i++) {
      const value = exact(argument[i]!);
      if (found[i] === value || Object.is(found[i], value)) continue;
      const distance = Math.abs(found[i]! - value) / ulp(dtype, value);
      if (!(distance <= error)) error = distance;
    }
    return error;
  });
}

/** A unary kernel in place; geluVjp and siluVjp with cotangent 1 are the derivatives of gelu and silu. */
type Activation = UnaryKernel | 'geluVjp' | 'siluVjp';

function apply(
  kernels: Kernels,
  put: (dtype: FloatType, values: ArrayLike<number>) => KernelBuffer,
  kernel: Activation,
  x: KernelBuffer,
): void {
  if (kernel !== 'geluVjp' && kernel !== 'siluVjp') kernels.unary(kernel, x, x);
  else kernels.binary(kernel, x, put(x.dtype as FloatType, new Float64Array(x.length).fill(1)), x);
}

function spread(count: number, low: number, high: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => low + ((high - low) * (i + 0.37)) / count);
}

/** ±2^e over the exponents of the type. */
function powers(dtype: FloatType): Float64Array {
  const lowest = dtype === 'f32' ? -149 : -1074;
  const exponents = spread(20_000, lowest, 10);
  return exponents.map((e, i) => (i % 2 === 0 ? 1 : -1) * 2 ** e);
}

function sigmoid(x: number): number {
  const t = Math.exp(-Math.abs(x));
  return (x < 0 ? t : 1) / (1 + t);
}

/** Whole ulps that the oracle may be off by. */
const oracle: Record<FloatType, number> = { f32: 0, f64: 1 };

describe.each(floatTypes)('activations, %s', (dtype) => {
  it('tanh is right to 2 ulp, near 0 and at the seam of its two formulas too', () => {
    for (const xs of [
      spread(200_000, -20, 20),
      spread(200_000, -1, 1),
      spread(50_000, 0.62, 0.63),
      spread(50_000, -1e-4, 1e-4),
      powers(dtype),
    ]) {
      expect(worst('tanh', Math.tanh, dtype, xs)).toBeLessThanOrEqual(2 + oracle[dtype]);
    }
  });

  it('sigmoid is right to 2.5 ulp and underflows gradually', () => {
    const lowest = dtype === 'f32' ? -104 : -746;
    for (const xs of [spread(200_000, lowest, 40), spread(200_000, -2, 2), powers(dtype)]) {
      expect(worst('sigmoid', sigmoid, dtype, xs)).toBeLessThanOrEqual(2.5 + 2 * oracle[dtype]);
    }
  });

  it('silu is right to 3.5 ulp, and to |x| times half of the smallest number where σ is subnormal', () => {
    const lowest = dtype === 'f32' ? -104 : -746;
    const least = dtype === 'f32' ? 2 ** -149 : Number.MIN_VALUE;
    for (const xs of [spread(200_000, lowest, 40), spread(200_000, -2, 2), powers(dtype)]) {
      const [found, expected] = onBoth((kernels, put) => {
        const x = put(dtype, xs);
        apply(kernels, put, 'silu', x);
        return x;
      });
      // The plain loops are off by as much in f64, and x is rounded to the type first.
      expectWithin(found, expected, (i) => {
        const x = dtype === 'f32' ? Math.fround(xs[i]!) : xs[i]!;
        const either = dtype === 'f32' ? 3.5 : 7;
        return either * ulp(dtype, expected[i]!) + Math.abs(x) * least;
      });
    }
  });

  it('rsqrt is right to 1.5 ulp', () => {
    const xs = powers(dtype).map(Math.abs);
    expect(worst('rsqrt', (x) => 1 / Math.sqrt(x), dtype, xs)).toBeLessThanOrEqual(1.5);
  });

  it('the measure notices three ulps', () => {
    const off = (x: number): number => Math.tanh(x) + 3.5 * ulp(dtype, Math.tanh(x));
    expect(worst('tanh', off, dtype, spread(100, 0.1, 1))).toBeGreaterThan(3);
  });

  it('special values', () => {
    const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
    const results = (kernel: Activation, values: readonly number[]): number[] =>
      withBuffers(wasm, (put) => {
        const x = put(dtype, values);
        apply(wasm, put, kernel, x);
        return Array.from(wasm.readSync(x));
      });
    expectSameBits(results('tanh', [nan, inf, minusInf, 0, -0, 400, -400]), [nan, 1, -1, 0, -0, 1, -1]);
    expectSameBits(results('sigmoid', [nan, inf, minusInf, 0, -0, 1e30, -1e30]), [nan, 1, 0, 0.5, 0.5, 1, 0]);
    expectSameBits(results('rsqrt', [nan, inf, minusInf, 0, -0, 4, -1]), [
      nan,
      0,
      nan,
      inf,
      minusInf,
      0.5,
      nan,
    ]);
    expectSameBits(
      results('gelu', [nan, inf, minusInf, 0, -0, 1e30, -1e30]),
      [nan, inf, -0, 0, -0, inf, -0].map((v, i) =>
        i === 5 ? (dtype === 'f32' ? Math.fround(1e30) : 1e30) : v,
      ),
    );
    expectSameBits(results('geluVjp', [nan, inf, minusInf, 0, -0, 1e30, -1e30]), [nan, 1, 0, 0.5, 0.5, 1, 0]);
    const large = dtype === 'f32' ? Math.fround(1e30) : 1e30;
    expectSameBits(results('silu', [nan, inf, minusInf, 0, -0, 1e30, -1e30]), [
      nan,
      inf,
      -0,
      0,
      -0,
      large,
      -0,
    ]);
    expectSameBits(results('siluVjp', [nan, inf, minusInf, 0, -0, 1e30, -1e30]), [nan, 1, 0, 0.5, 0.5, 1, 0]);
    // Below the smallest normal number tanh x = x and gelu x = silu x = x/2.
    const tiny = dtype === 'f32' ? 2 ** -148 : 2 * Number.MIN_VALUE;
    expectSameBits(results('tanh', [tiny, -tiny]), [tiny, -tiny]);
    expectSameBits(results('gelu', [tiny, -tiny]), [tiny / 2, -tiny / 2]);
    expectSameBits(results('silu', [tiny, -tiny]), [tiny / 2, -tiny / 2]);
  });

  // u of either side: the bounds of assembly/activations.ts and silu.ts twice, and one subnormal.
  const bounds: Record<'gelu' | 'geluVjp' | 'siluVjp', (x: number, value: number) => number> = {
    gelu: (x, value) => {
      const w = Math.min(Math.abs(1.6 * x + 0.0714 * x ** 3), 750);
      return 2 * (5 * w + 8) * unit[dtype] * Math.abs(value) + (dtype === 'f32' ? 2 ** -144 : 2 ** -1069);
    },
    geluVjp: () => 2 * 16 * unit[dtype],
    siluVjp: () => 2 * 8 * unit[dtype],
  };
  it.each(['gelu', 'geluVjp', 'siluVjp'] as const)(
    '%s agrees with the plain loops within its bound',
    (kernel) => {
      for (const xs of [...sizes.map((n) => noise(n, n + 1)), spread(100_000, -32, 32), powers(dtype)]) {
        const [found, expected] = onBoth((kernels, put) => {
          const x = put(dtype, xs);
          apply(kernels, put, kernel, x);
          return x;
        });
        expectWithin(found, expected, (i) => bounds[kernel](xs[i]!, expected[i]!));
      }
    },
  );

  it('gelu is what its tanh form says, and its slope what differences say', () => {
    const xs = spread(1000, -5, 5);
    const form = (x: number): number =>
      0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    withBuffers(wasm, (put) => {
      const x = put('f64', xs);
      const out = put('f64', xs);
      wasm.unary('gelu', x, out);
      // 1 + tanh cancels on the left: absolute.
      expectWithin(wasm.readSync(out), xs.map(form), () => 5 * 16 * unit.f64);
      wasm.binary('geluVjp', x, put('f64', new Float64Array(1000).fill(1)), out);
      // Central differences with h = 1e-5: h²/6·|f‴| < 1e-10 and 5·16·u/h < 1e-9.
      expectWithin(
        wasm.readSync(out),
        xs.map((v) => (form(v + 1e-5) - form(v - 1e-5)) / 2e-5),
        () => 2e-9,
      );
    });
  });

  it.each(['tanh', 'sigmoid', 'rsqrt', 'gelu', 'geluVjp', 'silu', 'siluVjp'] as const)(
    '%s treats special values as the plain loops do',
    (kernel) => {
      const [found, expected] = onBoth((kernels, put) => {
        const x = put(dtype, special);
        apply(kernels, put, kernel, x);
        return x;
      });
      expectWithin(found, expected, (i) => 4 * ulp(dtype, expected[i]!));
      expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
    },
  );
});
