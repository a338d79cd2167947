// The affine map x·W + b against the plain loops, and to the bit against a product that is added to the bias.
import { describe, expect, it } from 'vitest';
import type { FloatType } from '../../src/kernels/index.ts';
import {
  cycled,
  expectSameBits,
  expectWithin,
  floatTypes,
  noise,
  onBoth,
  sizes,
  special,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

type Values = readonly [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];

function both(dtype: FloatType, values: Values, m: number, n: number, k: number) {
  return onBoth((kernels, put) => {
    const [x, weight, bias] = values.map((list) => put(dtype, list));
    const out = put(dtype, new Float64Array(m * n));
    kernels.linear(x!, weight!, bias!, out, { m, n, k });
    return out;
  });
}

describe.each(floatTypes)('linear, %s', (dtype) => {
  it('at awkward sizes', () => {
    for (const [m, n] of sizes.flatMap((a) => sizes.map((b) => [a, b] as const))) {
      for (const k of m * n > 2000 ? [7, 33] : sizes) {
        const values: Values = [noise(m * k, 1), noise(k * n, 2), noise(n, 3)];
        const [found, expected] = both(dtype, values, m, n, k);
        // noise lies in ±2: (k + 1)·u·(Σ|x·w| + |b|) on either side.
        expectWithin(found, expected, () => 2 * (k + 2) * unit[dtype] * (4 * k + 2));
      }
    }
  });

  it('adds its terms to the bias in ascending k, as an accumulating product does', () => {
    const [m, n, k] = [33, 21, 300];
    withBuffers(wasm, (put) => {
      const [x, weight, bias] = [noise(m * k, 1), noise(k * n, 2), noise(n, 3)];
      const out = put(dtype, new Float64Array(m * n));
      wasm.linear(put(dtype, x), put(dtype, weight), put(dtype, bias), out, { m, n, k });
      const sum = put(dtype, cycled(Array.from(bias), m * n));
      wasm.matmul('nn', put(dtype, x), put(dtype, weight), sum, { batch: 1, m, n, k }, true);
      expectSameBits(wasm.readSync(out), wasm.readSync(sum));
    });
  });

  it('linearAdd at awkward sizes, out of place and in place', () => {
    for (const [m, n] of sizes.flatMap((a) => sizes.map((b) => [a, b] as const))) {
      for (const k of m * n > 2000 ? [7, 33] : sizes) {
        const values = [noise(m * k, 1), noise(k * n, 2), noise(n, 3), noise(m * n, 4)];
        for (const isInPlace of [false, true]) {
          const [found, expected] = onBoth((kernels, put) => {
            const [x, weight, bias, residual] = values.map((list) => put(dtype, list));
            const out = isInPlace ? residual! : put(dtype, new Float64Array(m * n));
            kernels.linearAdd(x!, weight!, bias!, residual!, out, { m, n, k });
            return out;
          });
          expectWithin(found, expected, () => 2 * (k + 3) * unit[dtype] * (4 * k + 4));
        }
      }
    }
  });

  it('linearAdd is an accumulating product on residual + bias, to the bit, however long its k', () => {
    const [m, n, k] = [33, 21, 1300];
    withBuffers(wasm, (put) => {
      const [x, weight, bias, residual] = [noise(m * k, 1), noise(k * n, 2), noise(n, 3), noise(m * n, 4)];
      const out = put(dtype, new Float64Array(m * n));
      const operands = [put(dtype, x), put(dtype, weight), put(dtype, bias), put(dtype, residual)] as const;
      wasm.linearAdd(...operands, out, { m, n, k });
      const sum = put(dtype, cycled(Array.from(bias), m * n));
      wasm.binary('add', operands[3], sum, sum);
      wasm.matmul('nn', put(dtype, x), put(dtype, weight), sum, { batch: 1, m, n, k }, true);
      expectSameBits(wasm.readSync(out), wasm.readSync(sum));
    });
  });

  it('linearGelu is gelu of it, to the bit', () => {
    const [m, n, k] = [7, 21, 33];
    withBuffers(wasm, (put) => {
      const operands = [
        put(dtype, noise(m * k, 1)),
        put(dtype, noise(k * n, 2)),
        put(dtype, noise(n, 3)),
      ] as const;
      const [fused, chained] = [put(dtype, new Float64Array(m * n)), put(dtype, new Float64Array(m * n))];
      wasm.linearGelu(...operands, fused, { m, n, k });
      wasm.linear(...operands, chained, { m, n, k });
      wasm.unary('gelu', chained, chained);
      expectSameBits(wasm.readSync(fused), wasm.readSync(chained));
    });
  });

  it('without terms it is the bias; special values go where the plain loops send them', () => {
    expectSameBits(both(dtype, [[], [], [1, -2]], 2, 2, 0)[0], [1, -2, 1, -2]);
    const [m, n, k] = [3, special.length, 2];
    const x = noise(m * k, 4);
    x[3] = Number.NaN;
    const [found, expected] = both(dtype, [x, cycled(special, k * n), noise(n, 5)], m, n, k);
    expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
    const infinite = (v: number): boolean => Math.abs(v) === Number.POSITIVE_INFINITY;
    // Values near the largest number may overflow on one side only.
    for (let i = 0; i < found.length; i++) {
      if (infinite(found[i]!) && !infinite(expected[i]!)) {
        expect(Math.abs(expected[i]!)).toBeGreaterThan(dtype === 'f32' ? 1e38 : 1e308);
      }
    }
  });

  it('names the operand of the wrong length', () => {
    withBuffers(wasm, (put) => {
      const x = put(dtype, [1, 2, 3, 4]);
      expect(() => wasm.linear(x, x, x, x, { m: 2, n: 2, k: 2 })).toThrow(
        `linear: bias should have 2 elements, found ${dtype}[4]`,
      );
    });
  });
});
