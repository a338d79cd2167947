// The mask above the diagonal against the plain loops.
import { describe, it } from 'vitest';
import { expectSameBits, floatTypes, noise, onBoth, sizes } from './backends.ts';

describe.each(floatTypes)('maskAbove, %s', (dtype) => {
  it('agrees to the bit, and leaves what is below the diagonal as it is, NaN included', () => {
    for (const side of [...sizes.slice(0, 6), 64]) {
      for (const value of [Number.NEGATIVE_INFINITY, 0]) {
        const x = noise(2 * side * side, side);
        if (side > 1) x[side] = Number.NaN;
        const [found, expected] = onBoth((kernels, put) => {
          const out = put(dtype, x);
          kernels.maskAbove(put(dtype, x), out, 2, side, value);
          return out;
        });
        expectSameBits(found, expected);
      }
    }
    const [three] = onBoth((kernels, put) => {
      const out = put(dtype, new Float64Array(9));
      kernels.maskAbove(put(dtype, [1, 2, 3, 4, 5, 6, 7, 8, 9]), out, 1, 3, 0);
      return out;
    });
    expectSameBits(three, [1, 0, 0, 4, 5, 0, 7, 8, 9]);
  });
});
