// Layer norm and RMS norm of rows whose squares, or whose sum, overflow or underflow: a norm does not know the size of its rows. A row
// times a power of two must give what the row gives, to the bit or to a rounding, in values and in the adjoints.
import { describe, expect, it } from 'vitest';
import type { FloatType, Kernels } from '../../src/kernels/index.ts';
import { expectWithin, floatTypes, noise, reference, sizes, unit, wasm, withBuffers } from './backends.ts';

const norms = ['layerNorm', 'rmsNorm'] as const;

/** Values, x̄·size and γ̄ of three rows times `size`, with ε = 0. */
function results(on: Kernels, norm: (typeof norms)[number], dtype: FloatType, columns: number, size: number) {
  return withBuffers(on, (put) => {
    const wanted = { rows: 3, columns, epsilon: 0 };
    const x = put(
      dtype,
      noise(3 * columns, 5).map((v) => v * size),
    );
    const [gamma, beta, along] = [
      put(dtype, noise(columns, 7)),
      put(dtype, noise(columns, 8)),
      put(dtype, noise(3 * columns, 9)),
    ];
    const [y, xBar] = [put(dtype, noise(3 * columns)), put(dtype, noise(3 * columns))];
    const gammaBar = put(dtype, noise(columns));
    if (norm === 'layerNorm') on.layerNorm(x, gamma, beta, y, wanted);
    else on.rmsNorm(x, gamma, y, wanted);
    on[`${norm}Vjp`](x, gamma, along, xBar, wanted);
    on[`${norm}ScaleVjp`](x, along, gammaBar, wanted);
    return [
      on.readSync(y),
      Float64Array.from(on.readSync(xBar), (v) => v * size),
      on.readSync(gammaBar),
    ] as const;
  });
}

const backends = [
  ['WebAssembly', wasm],
  ['the plain loops', reference],
] as const;

describe.each(backends)('%s', (_, on) => {
  describe.each(floatTypes)('%s', (dtype) => {
    const exponents = dtype === 'f32' ? [70, 110, 122, -70, -100, -120] : [520, 900, 1018, -520, -900, -1015];
    it.each(norms)('%s is the same for rows of any size', (norm) => {
      for (const columns of sizes.filter((n) => n > 1)) {
        const expected = results(on, norm, dtype, columns, 1);
        for (const exponent of exponents) {
          const found = results(on, norm, dtype, columns, 2 ** exponent);
          found.forEach((values, k) => {
            const largest = Math.max(...Array.from(expected[k]!, Math.abs));
            // The sums of squares are taken in another order: n roundings.
            expectWithin(values, expected[k]!, () => 8 * (columns + 8) * unit[dtype] * largest);
          });
        }
      }
    });

    it('rows of the largest numbers, whose sum overflows', () => {
      const big = dtype === 'f32' ? 2 ** 125 : 2 ** 1021;
      const found = withBuffers(on, (put) => {
        const [one, zero, out] = [
          put(dtype, [1, 1, 1, 1, 1, 1, 1, 1, 1]),
          put(dtype, new Float64Array(9)),
          put(dtype, noise(9)),
        ];
        on.layerNorm(put(dtype, [big, big, big, big, big, big, big, big, -big]), one, zero, out, {
          rows: 1,
          columns: 9,
          epsilon: 1e-5,
        });
        return Array.from(on.readSync(out));
      });
      // Eight of x − μ = 2/9·big and one of −16/9; σ = √32/9·big.
      const up = 1 / Math.sqrt(8);
      expectWithin(found, [up, up, up, up, up, up, up, up, -8 * up], () => 64 * unit[dtype]);
    });

    it('ε counts where it is not negligible, however small both are', () => {
      const tiny = dtype === 'f32' ? 2 ** -60 : 2 ** -500;
      const found = withBuffers(on, (put) => {
        const [x, one, zero, out] = [
          put(dtype, [tiny, -tiny]),
          put(dtype, [1, 1]),
          put(dtype, [0, 0]),
          put(dtype, [0, 0]),
        ];
        on.layerNorm(x, one, zero, out, { rows: 1, columns: 2, epsilon: 3 * tiny * tiny });
        return Array.from(on.readSync(out));
      });
      expectWithin(found, [0.5, -0.5], () => 16 * unit[dtype]);
    });

    it('an infinity still spoils its row, and its partner keeps its bits', () => {
      const rows = (second: number): number[] =>
        withBuffers(on, (put) => {
          const x = put(dtype, [...noise(9, 2), second, ...noise(8, 3)]);
          const [one, zero, out] = [
            put(dtype, noise(9, 4)),
            put(dtype, noise(9, 6)),
            put(dtype, new Float64Array(18)),
          ];
          on.layerNorm(x, one, zero, out, { rows: 2, columns: 9, epsilon: 1e-5 });
          return Array.from(on.readSync(out));
        });
      const usual = rows(1).slice(0, 9);
      expect(rows(Number.POSITIVE_INFINITY).slice(0, 9)).toEqual(usual);
      expect(rows(Number.POSITIVE_INFINITY).slice(9).every(Number.isNaN)).toBe(true);
      expect(rows(dtype === 'f32' ? 1e30 : 1e300).slice(0, 9)).toEqual(usual);
    });
  });
});

it('[1e30, 1e30, 0] in f32', () => {
  const found = withBuffers(wasm, (put) => {
    const [x, one, zero, out] = [
      [1e30, 1e30, 0],
      [1, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
    ].map((v) => put('f32', v));
    wasm.layerNorm(x!, one!, zero!, out!, { rows: 1, columns: 3, epsilon: 1e-5 });
    return wasm.readSync(out!);
  });
  expectWithin(found, [Math.SQRT1_2, Math.SQRT1_2, -Math.SQRT2], () => 16 * unit.f32);
});
