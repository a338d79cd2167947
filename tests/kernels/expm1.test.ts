// e^x − 1, e^x − 1 − x, log(1 + x) and tanh against integers of hundreds of digits, in both backends. What matters is that the bound is
// one of the value itself, however small it is.
import { describe, expect, it } from 'vitest';
import type { FloatType, Kernels } from '../../src/kernels/index.ts';
import {
  expectSameBits,
  floatTypes,
  noise,
  reference,
  sizes,
  special,
  wasm,
  withBuffers,
} from './backends.ts';
import { type NearZero, ulpsOff } from './exactExp.ts';

/** Ulps, as stated in assembly/expm1.ts, log1p.ts and activations.ts. */
const bounds: Record<NearZero, number> = { expm1: 1.5, expm1MinusX: 3, log1p: 1.5, tanh: 2 };
const kernels = Object.keys(bounds) as NearZero[];

const spread = (count: number, low: number, high: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => low + ((high - low) * (i + 0.37)) / count);

/** Powers of ten of both signs, as small as the kernel's result is still normal, and smaller. */
const powers = (lowest: number): Float64Array =>
  spread(100, lowest, -1).map((e, i) => (i % 2 === 0 ? 1 : -1) * 10 ** e);

function argumentsOf(kernel: NearZero, dtype: FloatType): Float64Array[] {
  const lowest = (dtype === 'f32' ? -38 : -307) / (kernel === 'expm1MinusX' ? 2 : 1);
  const near = [spread(150, -1e-4, 1e-4), powers(lowest), spread(250, -1, 2)];
  if (kernel === 'log1p') return [...near, spread(60, -3, 30).map((e) => 10 ** e)];
  // At the last one Math.tanh is 2.11 ulp off.
  if (kernel === 'tanh')
    return [...near, spread(600, 0.3, 1.2), spread(100, -20, 20), Float64Array.of(0.254236055)];
  const top = dtype === 'f32' ? 88 : 709;
  return [...near, spread(100, -1.4, -1), spread(150, 1.8, 3), spread(100, -40, 10), spread(20, 10, top)];
}

function results(on: Kernels, kernel: NearZero, dtype: FloatType, values: ArrayLike<number>) {
  return withBuffers(on, (put) => {
    const x = put(dtype, values);
    const out = put(dtype, values);
    on.unary(kernel, x, out);
    return [Array.from(on.readSync(x)), Array.from(on.readSync(out))] as const;
  });
}

describe.each([
  ['WebAssembly', wasm],
  ['the plain loops', reference],
] as const)('%s', (_, on) => {
  describe.each(floatTypes)('%s', (dtype) => {
    it.each(kernels)('%s is right to its bound', (kernel) => {
      for (const values of argumentsOf(kernel, dtype)) {
        const [x, y] = results(on, kernel, dtype, values);
        const worst = Math.max(...x.map((v, i) => ulpsOff(kernel, dtype, v, y[i]!)));
        expect(worst).toBeLessThanOrEqual(bounds[kernel]);
      }
    });

    it('special values', () => {
      const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
      const tiny = dtype === 'f32' ? 2 ** -149 : Number.MIN_VALUE;
      const x = [nan, inf, minusInf, 0, -0, tiny, -tiny, -1000, 1000];
      expectSameBits(results(on, 'expm1', dtype, x)[1], [nan, inf, -1, 0, -0, tiny, -tiny, -1, inf]);
      expectSameBits(results(on, 'expm1MinusX', dtype, x)[1], [nan, inf, inf, 0, 0, 0, 0, 999, inf]);
      expectSameBits(results(on, 'log1p', dtype, [nan, inf, minusInf, 0, -0, tiny, -tiny, -1, -1.5])[1], [
        nan,
        inf,
        nan,
        0,
        -0,
        tiny,
        -tiny,
        minusInf,
        nan,
      ]);
    });

    it('e^x − 1 − x underflows gradually', () => {
      const least = dtype === 'f32' ? 2 ** -149 : Number.MIN_VALUE;
      const [x, y] = results(
        on,
        'expm1MinusX',
        dtype,
        [1.5, 2.5, 3.5, 101.5].map((m) => Math.sqrt(2 * m * least)),
      );
      for (const [i, v] of x.entries()) expect(Math.abs(y[i]! - (v / 2) * v)).toBeLessThanOrEqual(least);
    });
  });
});

describe.each(floatTypes)('WebAssembly and the plain loops, %s', (dtype) => {
  it.each(kernels)('%s at awkward sizes and on special values', (kernel) => {
    for (const values of [...sizes.map((n) => noise(n, n + 1)), Float64Array.from(special)]) {
      const [, found] = results(wasm, kernel, dtype, values);
      const [x, expected] = results(reference, kernel, dtype, values);
      for (const [i, value] of expected.entries()) {
        if (Number.isFinite(x[i]! + value) && value !== 0 && Math.abs(x[i]!) > 1e-18) {
          expect(ulpsOff(kernel, dtype, x[i]!, found[i]!)).toBeLessThanOrEqual(bounds[kernel]);
        } else {
          expect(found[i]).toBe(value);
        }
      }
    }
  });
});

it('the measure notices the formulas written out', () => {
  expect(ulpsOff('expm1', 'f64', 1e-5, Math.exp(1e-5) - 1)).toBeGreaterThan(1e3);
  expect(ulpsOff('expm1MinusX', 'f64', 1e-5, Math.expm1(1e-5) - 1e-5)).toBeGreaterThan(1e3);
  expect(ulpsOff('log1p', 'f64', 1e-5, Math.log(1 + 1e-5))).toBeGreaterThan(1e3);
});
