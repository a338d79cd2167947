// Reading and writing by strides against the plain loops.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DType } from '../../src/kernels/index.ts';
import { mergeAxes } from '../../src/kernels/wasm/strided.ts';
import { expectSameBits, noise, onBoth, rounded, wasm, withBuffers } from './backends.ts';

const types: readonly DType[] = ['f32', 'f64', 'i32'];

interface View {
  readonly shape: number[];
  readonly strides: number[];
  readonly offset: number;
  /** Elements the strided buffer needs. */
  readonly reach: number;
}

/** The view with these extents and strides, moved so that its lowest offset is `slack`. */
function viewOf(shape: number[], strides: number[], slack: number): View {
  let lowest = 0;
  let highest = 0;
  shape.forEach((extent, d) => {
    const far = Math.max(extent - 1, 0) * strides[d]!;
    if (far < 0) lowest += far;
    else highest += far;
  });
  return { shape, strides, offset: slack - lowest, reach: highest - lowest + slack + 1 };
}

const anyView: fc.Arbitrary<View> = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: -7, max: 7 })), { maxLength: 5 }),
    fc.nat(3),
  )
  .map(([axes, slack]) =>
    viewOf(
      axes.map(([extent]) => extent),
      axes.map(([, stride]) => stride),
      slack,
    ),
  );

/** A permutation of a dense array: every element once. */
const permutation: fc.Arbitrary<View> = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 })
  .chain((shape) =>
    fc
      .shuffledSubarray(
        shape.map((_, d) => d),
        { minLength: shape.length },
      )
      .map((order) => {
        const strides = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1));
        return viewOf(
          order.map((d) => shape[d]!),
          order.map((d) => strides[d]!),
          0,
        );
      }),
  );

function count(view: View): number {
  return view.shape.reduce((a, b) => a * b, 1);
}

function checkRead(dtype: DType, view: View): void {
  const [found, expected] = onBoth((kernels, put) => {
    const out = put(dtype, new Float64Array(count(view)));
    kernels.gatherStrided(
      put(
        dtype,
        noise(view.reach).map((v) => v * 100),
      ),
      out,
      view.shape,
      view.strides,
      view.offset,
    );
    return out;
  });
  expectSameBits(found, expected);
}

function checkWrite(dtype: DType, view: View): void {
  const [found, expected] = onBoth((kernels, put) => {
    const out = put(dtype, new Float64Array(view.reach).fill(7));
    const x = put(
      dtype,
      noise(count(view)).map((v) => v * 100),
    );
    kernels.scatterStrided(x, out, view.shape, view.strides, view.offset);
    return out;
  });
  expectSameBits(found, expected);
}

describe.each(types)('strided copies, %s', (dtype) => {
  it('read any view: broadcast, reversed, overlapping', () => {
    fc.assert(fc.property(anyView, (view) => checkRead(dtype, view)));
  });

  it('write any view, the last write winning', () => {
    fc.assert(fc.property(anyView, (view) => checkWrite(dtype, view)));
  });

  it('read and write permutations', () => {
    fc.assert(
      fc.property(permutation, (view) => {
        checkRead(dtype, view);
        checkWrite(dtype, view);
      }),
    );
  });

  it('transpose, slice, broadcast at awkward sizes', () => {
    for (const n of [1, 3, 7, 31, 33, 257]) {
      checkRead(dtype, viewOf([n, 33], [1, n], 0));
      checkWrite(dtype, viewOf([n, 33], [1, n], 0));
      checkRead(dtype, viewOf([5, n], [n + 3, 1], 2));
      checkWrite(dtype, viewOf([5, n], [n + 3, 1], 2));
      checkRead(dtype, viewOf([5, n], [1, 0], 0));
      checkRead(dtype, viewOf([5, n], [0, 1], 1));
      checkRead(dtype, viewOf([2, 3, 4, n], [4 * n, 8 * n, n, 1], 0)); // heads before positions
      checkRead(dtype, viewOf([n], [-1], 0));
    }
  });

  it('a scatter after a gather puts everything back', () => {
    const view = viewOf([4, 3, 5], [5, 20, 1], 0);
    const values = noise(60).map((v) => v * 100);
    withBuffers(wasm, (put) => {
      const x = put(dtype, values);
      const dense = put(dtype, new Float64Array(60));
      const back = put(dtype, new Float64Array(60));
      wasm.gatherStrided(x, dense, view.shape, view.strides, 0);
      wasm.scatterStrided(dense, back, view.shape, view.strides, 0);
      expectSameBits(wasm.readSync(back), rounded(dtype, values));
      expect(Array.from(wasm.readSync(dense))).not.toEqual(rounded(dtype, values));
    });
  });

  it('refuses views that leave the buffer', () => {
    withBuffers(wasm, (put) => {
      const x = put(dtype, noise(6));
      const out = put(dtype, noise(4));
      expect(() => wasm.gatherStrided(x, out, [2, 2], [4, 1], 2)).toThrow(
        `shape [2, 2] with strides [4, 1] and offset 2 reaches 2…7, outside ${dtype}[6]`,
      );
      expect(() => wasm.gatherStrided(x, out, [4], [-1], 2)).toThrow('reaches -1…2');
      expect(() => wasm.scatterStrided(out, x, [2, 2], [1], 0)).toThrow('shape has 2 axes, strides 1');
      expect(() => wasm.scatterStrided(out, x, [3], [1], 0)).toThrow(
        'the dense buffer should have 3 elements',
      );
    });
  });
});

describe('mergeAxes', () => {
  it('drops extent 1 and merges what runs on', () => {
    expect(mergeAxes([2, 3, 4], [12, 4, 1])).toEqual({ extents: [24], strides: [1] });
    expect(mergeAxes([2, 1, 4], [4, 99, 1])).toEqual({ extents: [8], strides: [1] });
    expect(mergeAxes([2, 3, 4], [4, 8, 1])).toEqual({ extents: [2, 3, 4], strides: [4, 8, 1] });
    expect(mergeAxes([3, 4], [0, 0])).toEqual({ extents: [12], strides: [0] });
    expect(mergeAxes([], [])).toEqual({ extents: [], strides: [] });
  });
});
