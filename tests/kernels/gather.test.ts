// Gather and scatter-add against the plain loops, and against each other.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectSameBits,
  expectWithin,
  floatTypes,
  noise,
  onBoth,
  reference,
  sizes,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

describe.each(floatTypes)('gather and scatterAdd, %s', (dtype) => {
  it('gathers rows of any width', () => {
    for (const width of [...sizes, 300, 1024]) {
      const [found, expected] = onBoth((kernels, put) => {
        const out = put(dtype, new Float64Array(4 * width));
        kernels.gather(put(dtype, noise(5 * width)), put('i32', [4, 0, 0, 2]), out, width);
        return out;
      });
      expectSameBits(found, expected);
    }
  });

  it('adds rows in ascending order, repeated indices included', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 35 }),
        fc.array(fc.nat(1000), { maxLength: 40 }),
        (rows, width, picks) => {
          const indices = picks.map((p) => p % rows);
          const [found, expected] = onBoth((kernels, put) => {
            const out = put(dtype, noise(rows * width, 7));
            kernels.scatterAdd(put(dtype, noise(indices.length * width)), put('i32', indices), out, width);
            return out;
          });
          // One rounding an addition on both sides: the same operations in the same order, so the same bits.
          expectSameBits(found, expected);
        },
      ),
    );
  });

  it('scatterAdd is the transpose of gather', () => {
    const [rows, width] = [6, 5];
    const indices = [3, 3, 0, 5, 2, 3];
    withBuffers(wasm, (put) => {
      const at = put('i32', indices);
      const [x, y] = [noise(rows * width, 1), noise(indices.length * width, 2)];
      const gathered = put(dtype, new Float64Array(y.length));
      wasm.gather(put(dtype, x), at, gathered, width);
      const scattered = put(dtype, new Float64Array(x.length));
      wasm.scatterAdd(put(dtype, y), at, scattered, width);
      const dot = (p: ArrayLike<number>, q: ArrayLike<number>): number =>
        Array.from(p).reduce((sum, v, i) => sum + v * q[i]!, 0);
      // 30 products of numbers below 2 in size, each operand rounded: 30·4·3u, generously 400u.
      expectWithin(
        [dot(wasm.readSync(gathered), y)],
        [dot(wasm.readSync(scattered), x)],
        () => 400 * 3 * unit[dtype],
      );
    });
  });

  it('refuses indices out of range and says which', () => {
    for (const kernels of [wasm, reference]) {
      withBuffers(kernels, (put) => {
        const x = put(dtype, noise(6));
        const out = put(dtype, noise(4));
        for (const bad of [3, -1, 2 ** 31 - 1, -(2 ** 31)]) {
          const at = put('i32', [0, bad]);
          expect(() => kernels.gather(x, at, out, 2)).toThrow(`gather: indices[1] = ${bad} is not in [0, 3)`);
          expect(() => kernels.scatterAdd(out, at, x, 2)).toThrow(
            `scatterAdd: indices[1] = ${bad} is not in [0, 3)`,
          );
        }
        expect(() => kernels.gather(x, put(dtype, [0, 1]), out, 2)).toThrow('indices should be i32');
        expect(() => kernels.gather(x, put('i32', [0]), out, 2)).toThrow('should have 2 elements');
      });
    }
  });
});
