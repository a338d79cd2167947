// The pieces of causal attention against the plain loops: sizes around tiles and vectors, what lies behind the mask, special values.
import { describe, expect, it } from 'vitest';
import type { FloatType, HostArray } from '../../src/kernels/index.ts';
import type { CausalForm } from '../../src/kernels/operands.ts';
import {
  cycled,
  expectSameBits,
  expectWithin,
  floatTypes,
  noise,
  onBoth,
  special,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

type Values = ArrayLike<number>;
interface Sizes {
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly width: number;
  readonly window?: number;
}

const forms: readonly CausalForm[] = ['scores', 'mix', 'spread'];
const lanes: Record<FloatType, number> = { f32: 4, f64: 2 };

const cases: readonly Sizes[] = [
  ...[0, 1, 3, 7, 31, 33].flatMap((length) =>
    [1, 3, 7, 16, 33].map((width) => ({ batch: 2, heads: 3, length, width })),
  ),
  { batch: 0, heads: 2, length: 5, width: 4 },
  { batch: 1, heads: 1, length: 257, width: 5 },
  ...[1, 4, 6, 40].map((window) => ({ batch: 2, heads: 2, length: 33, width: 5, window })),
];

function rowCount({ batch, heads, length, width }: Sizes): number {
  return batch * heads * length * width;
}

function triangleCount({ batch, heads, length }: Sizes): number {
  return batch * heads * length * length;
}

function weights(dtype: FloatType, sizes: Sizes, q: Values, k: Values): [HostArray, HostArray] {
  return onBoth((kernels, put) => {
    const out = put(dtype, new Float64Array(triangleCount(sizes)));
    kernels.attentionWeights(put(dtype, q), put(dtype, k), out, sizes);
    return out;
  });
}

function product(
  form: CausalForm,
  dtype: FloatType,
  sizes: Sizes,
  a: Values,
  b: Values,
  scale: number,
): [HostArray, HostArray] {
  return onBoth((kernels, put) => {
    const out = put(
      dtype,
      new Float64Array(form === 'scores' ? triangleCount(sizes) : rowCount(sizes)).fill(9),
    );
    kernels.causalProduct(form, put(dtype, a), put(dtype, b), out, sizes, scale);
    return out;
  });
}

/** Whether element i of a triangle lies before the window of its row. */
function isHidden(i: number, { heads, length, window = length }: Sizes): boolean {
  return i % length <= (Math.floor(i / (length * heads)) % length) - window;
}

/** Whether element i of a triangle lies above the diagonal. */
function isAbove(i: number, { heads, length }: Sizes): boolean {
  return i % length > Math.floor(i / (length * heads)) % length;
}

describe.each(floatTypes)('attention, %s', (dtype) => {
  const u = unit[dtype];
  const smallest = dtype === 'f32' ? 2 ** -148 : 2 ** -1073;

  it('weights at awkward sizes', () => {
    for (const sizes of cases) {
      const [q, k] = [noise(rowCount(sizes), 1), noise(rowCount(sizes), 2)];
      const [found, expected] = weights(dtype, sizes, q, k);
      // noise lies in ±2, so that Σ|q·k|/√width ≤ 4·√width: the bound of assembly/attention.ts, and one rounding there.
      const score = (sizes.width + 4) * u * 4 * Math.sqrt(sizes.width);
      const relative = 2 * score + (sizes.length / lanes[dtype] + 12) * u;
      expectWithin(found, expected, (i) => relative * expected[i]! + smallest);
      found.forEach((weight, i) => {
        if (isAbove(i, sizes) || isHidden(i, sizes)) expect(weight).toBe(0);
        else if (weight === 0) expect(expected[i]).toBeLessThan(1e-30);
      });
    }
  });

  it.each(forms)('%s at awkward sizes; what is above the diagonal is not read', (form) => {
    for (const sizes of cases) {
      const b = noise(rowCount(sizes), 2);
      const a =
        form === 'scores'
          ? noise(rowCount(sizes), 1)
          : noise(triangleCount(sizes), 1).map((x, i) => (isAbove(i, sizes) ? Number.NaN : x));
      const [found, expected] = product(form, dtype, sizes, a, b, 0.75);
      const terms = form === 'scores' ? sizes.width : sizes.length;
      // Terms below 4: (n + 2)·u·s·Σ|terms|, and the plain loops' rounding.
      expectWithin(found, expected, () => (terms + 3) * u * 0.75 * 4 * terms);
      expect(Array.from(found).some(Number.isNaN)).toBe(false);
    }
  });

  it('a row depends on nothing behind it', () => {
    const sizes = { batch: 1, heads: 2, length: 11, width: 3 };
    const columns = sizes.heads * sizes.width;
    for (let t = 0; t < sizes.length - 1; t++) {
      const spoiled = (seed: number): Float64Array =>
        noise(rowCount(sizes), seed).map((x, i) => (i >= (t + 1) * columns ? Number.NaN : x));
      const [whole] = weights(dtype, sizes, noise(rowCount(sizes), 1), noise(rowCount(sizes), 2));
      const [found, expected] = weights(dtype, sizes, noise(rowCount(sizes), 1), spoiled(2));
      const rows = (t + 1) * sizes.heads * sizes.length;
      expectSameBits(found.slice(0, rows), whole.slice(0, rows));
      expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
      const triangle = noise(triangleCount(sizes), 3);
      for (const form of ['scores', 'mix'] as const) {
        const left = form === 'scores' ? noise(rowCount(sizes), 1) : triangle;
        const [mixed, plain] = product(form, dtype, sizes, left, spoiled(2), 1);
        expect(Array.from(mixed, Number.isNaN)).toEqual(Array.from(plain, Number.isNaN));
      }
    }
  });

  it('special values go where the plain loops send them', () => {
    const sizes = { batch: 1, heads: 1, length: special.length, width: 2 };
    // Only what is finite in f32 too: an overflow on one side only says nothing.
    const list = special.map((x) => (Math.abs(x) > 1e30 && Number.isFinite(x) ? 1 : x));
    const values = cycled(list, rowCount(sizes));
    for (const [q, k] of [
      [values, noise(rowCount(sizes), 5)],
      [noise(rowCount(sizes), 5), values],
    ] as const) {
      const [found, expected] = weights(dtype, sizes, q, k);
      expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
      for (const form of forms) {
        const triangle = cycled(list, triangleCount(sizes));
        const [y, plain] = product(form, dtype, sizes, form === 'scores' ? q : triangle, k, 2);
        expectWithin(y, plain, (i) => 100 * u * (Math.abs(plain[i]!) + 50));
        expect(Array.from(y, Number.isNaN)).toEqual(Array.from(plain, Number.isNaN));
      }
    }
  });

  it('infinite scores share the mass, and large ones do not overflow', () => {
    const sizes = { batch: 1, heads: 1, length: 3, width: 1 };
    const { POSITIVE_INFINITY: inf } = Number;
    expectSameBits(weights(dtype, sizes, [1, 1, 1], [inf, 0, inf])[0], [1, 0, 0, 1, 0, 0, 0.5, 0, 0.5]);
    expectSameBits(weights(dtype, sizes, [1, 1, 1], [-inf, -inf, 4])[0], [1, 0, 0, 0.5, 0.5, 0, 0, 0, 1]);
    expectSameBits(
      weights(dtype, sizes, [1e18, 1e18, 1e18], [1e18, 1e19, 1e18])[0],
      [1, 0, 0, 0, 1, 0, 0, 1, 0],
    );
  });

  it('leaves its neighbours alone', () => {
    const sizes = { batch: 1, heads: 2, length: 5, width: 3 };
    withBuffers(wasm, (put) => {
      const [rows, triangle] = [put(dtype, noise(30)), put(dtype, noise(50))];
      const neighbours = [put(dtype, noise(33, 5)), put(dtype, noise(33, 6))];
      const before = neighbours.map((b) => wasm.readSync(b));
      const out = [put(dtype, noise(30)), put(dtype, noise(50)), put(dtype, noise(30))];
      const after = put(dtype, noise(33, 7));
      const behind = wasm.readSync(after);
      wasm.attentionWeights(rows, rows, out[1]!, sizes);
      wasm.causalProduct('scores', rows, rows, out[1]!, sizes, 1);
      wasm.causalProduct('mix', triangle, rows, out[0]!, sizes, 1);
      wasm.causalProduct('spread', triangle, rows, out[2]!, sizes, 1);
      neighbours.forEach((b, i) => {
        expectSameBits(wasm.readSync(b), before[i]!);
      });
      expectSameBits(wasm.readSync(after), behind);
    });
  });

  it('names the operand of the wrong length', () => {
    withBuffers(wasm, (put) => {
      const x = put(dtype, noise(6));
      const sizes = { batch: 1, heads: 1, length: 2, width: 3 };
      expect(() => wasm.attentionWeights(x, x, x, { ...sizes, window: 0 })).toThrow(
        'attentionWeights: window should be an integer of at least 1, found 0',
      );
      expect(() => wasm.attentionWeights(x, x, x, sizes)).toThrow(
        `attentionWeights: the triangle should have 4 elements, found ${dtype}[6]`,
      );
      expect(() => wasm.causalProduct('mix', x, x, x, sizes, 1)).toThrow('causalProduct mix: the triangle');
    });
  });
});

describe.each(floatTypes)('softmaxAlong, %s', (dtype) => {
  it('at awkward sizes, and NaN spoils its row only', () => {
    for (const columns of [0, 1, 3, 7, 31, 33, 257]) {
      const [p, v] = [noise(3 * columns, 1).map(Math.abs), noise(3 * columns, 2)];
      if (columns > 3) v[columns + 2] = Number.NaN;
      const [found, expected] = onBoth((kernels, put) => {
        const out = put(dtype, new Float64Array(3 * columns));
        kernels.softmaxAlong(put(dtype, p), put(dtype, v), out, 3, columns);
        return out;
      });
      // |p|, |v| ≤ 2: (columns / lanes + 5)·u·p·(|v| + Σ p·|v|), and one rounding of the plain loops.
      const bound = (columns / lanes[dtype] + 6) * unit[dtype] * 2 * (2 + 4 * columns);
      expectWithin(found, expected, () => bound);
      expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
    }
  });
});
