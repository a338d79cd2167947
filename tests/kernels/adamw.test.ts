// A step of AdamW against the plain loop, to the bit: every operation of it is correctly rounded, in one order, in both builds.
import { describe, expect, it } from 'vitest';
import type { AdamWStep, KernelBuffer, Kernels } from '../../src/kernels/index.ts';
import {
  cycled,
  expectSameBits,
  floatTypes,
  noise,
  reference,
  sizes,
  special,
  wasm,
  withBuffers,
} from './backends.ts';

const step: AdamWStep = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.01, rate: 1e-3, t: 3 };

describe.each(floatTypes)('adamw, %s', (dtype) => {
  /** Update, mean and square after a step. */
  function results(kernels: Kernels, lists: readonly ArrayLike<number>[], numbers: AdamWStep) {
    return withBuffers(kernels, (put) => {
      const [gradient, mean, square, parameter] = lists.map((list) => put(dtype, list));
      const made = (): KernelBuffer => put(dtype, new Float64Array(lists[0]!.length));
      const out = { update: made(), mean: made(), square: made() };
      kernels.adamw(
        { gradient: gradient!, mean: mean!, square: square!, parameter: parameter! },
        out,
        numbers,
      );
      return [out.update, out.mean, out.square].map((buffer) => kernels.readSync(buffer));
    });
  }

  function expectEqual(lists: readonly ArrayLike<number>[], numbers: AdamWStep): void {
    const expected = results(reference, lists, numbers);
    results(wasm, lists, numbers).forEach((list, i) => {
      expectSameBits(list, expected[i]!);
    });
  }

  it('at awkward sizes, with and without decay, early and late', () => {
    for (const n of sizes) {
      const lists = [noise(n, 1), noise(n, 2), noise(n, 3).map(Math.abs), noise(n, 4)];
      expectEqual(lists, step);
      expectEqual(lists, { ...step, decay: 0, t: 1 });
      expectEqual(lists, { ...step, beta1: 0, beta2: 0.5, epsilon: 1, t: 100_000 });
    }
  });

  it('of special values', () => {
    const n = special.length ** 2;
    const other = Array.from({ length: n }, (_, i) => special[Math.floor(i / special.length)]!);
    const lists = [cycled(special, n), other, noise(n, 3).map(Math.abs), noise(n, 4)];
    expectEqual(lists, step);
    expectEqual([noise(n, 1), noise(n, 2), cycled(special, n).map(Math.abs), other], step);
  });

  it('an infinite parameter that does not decay makes no NaN', () => {
    const [update] = results(wasm, [[1], [0], [0], [Number.POSITIVE_INFINITY]], { ...step, decay: 0 });
    expect(Number.isFinite(update![0])).toBe(true);
  });

  it('lengths are checked', () => {
    expect(() => results(wasm, [[1, 2], [0], [0, 0], [1, 1]], step)).toThrow(
      `adamw: operand 2 should have 2 elements, found ${dtype}[1]`,
    );
  });
});
