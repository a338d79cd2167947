// Rotary positions against the plain loops: awkward sizes, special values, in place, several sequences and heads.
import { describe, expect, it } from 'vitest';
import {
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

describe.each(floatTypes)('rotary, %s', (dtype) => {
  it('agrees with the plain loops at awkward sizes', () => {
    for (const half of sizes) {
      const shape = { batch: 2, length: 3, heads: half > 40 ? 1 : 3, width: 2 * half };
      const count = shape.batch * shape.length * shape.heads * shape.width;
      const [found, expected] = onBoth((kernels, put) => {
        const [x, out] = [put(dtype, noise(count, 1)), put(dtype, noise(count, 2))];
        kernels.rotary(x, put(dtype, noise(3 * half, 3)), put(dtype, noise(3 * half, 4)), out, shape);
        return out;
      });
      // Operands are below 2, twice for the two sides: 2·2·u·(4 + 4).
      expectWithin(found, expected, () => 32 * unit[dtype]);
    }
  });

  it('works in place', () => {
    const shape = { batch: 1, length: 2, heads: 2, width: 10 };
    withBuffers(wasm, (put) => {
      const [x, out] = [put(dtype, noise(40, 1)), put(dtype, noise(40, 2))];
      const [c, s] = [put(dtype, noise(10, 3)), put(dtype, noise(10, 4))];
      wasm.rotary(x, c, s, out, shape);
      wasm.rotary(x, c, s, x, shape);
      expect(Array.from(wasm.readSync(x))).toEqual(Array.from(wasm.readSync(out)));
    });
  });

  it('passes special values on as the plain loops do', () => {
    const half = special.length;
    const shape = { batch: 1, length: 1, heads: 1, width: 2 * half };
    const [found, expected] = onBoth((kernels, put) => {
      const x = put(dtype, [...special, ...special]);
      const out = put(dtype, noise(2 * half, 2));
      kernels.rotary(x, put(dtype, noise(half, 3)), put(dtype, noise(half, 4)), out, shape);
      return out;
    });
    expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
    expect(Array.from(found, (v) => (Number.isFinite(v) ? 0 : v))).toEqual(
      Array.from(expected, (v) => (Number.isFinite(v) ? 0 : v)),
    );
  });

  it('refuses an odd width and tables that do not fit', () => {
    withBuffers(wasm, (put) => {
      const [x, table] = [put(dtype, noise(6, 1)), put(dtype, noise(3, 2))];
      const odd = { batch: 1, length: 2, heads: 1, width: 3 };
      expect(() => wasm.rotary(x, table, table, x, odd)).toThrow('rotary: half of the width');
      const even = { batch: 1, length: 3, heads: 1, width: 2 };
      expect(() => wasm.rotary(x, table, put(dtype, [1]), x, even)).toThrow('rotary: a table should have 3');
    });
  });
});
