// A step of AdamW against the plain loop, to the bit: every operation of it is correctly rounded, in one order, in both builds.
// The sum of squares against what it stands for: squares, sums and additions by the kernels of their own.
import { describe, expect, it } from 'vitest';
import type { HostArray, KernelBuffer, Kernels } from '../../src/kernels/index.ts';
import type { AdamWStep } from '../../src/kernels/operands.ts';
import {
  cycled,
  expectSameBits,
  floatTypes,
  noise,
  reference,
  sizes,
  special,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

const step: AdamWStep = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, rate: 1e-3, t: 3 };

describe.each(floatTypes)('adamw, %s', (dtype) => {
  /** Update, mean and square of every parameter after a step; each is [gradient, mean, square, parameter]. */
  function stepOf(
    kernels: Kernels,
    all: readonly (readonly ArrayLike<number>[])[],
    decay: number,
    numbers: AdamWStep,
    factor?: number,
  ) {
    return withBuffers(kernels, (put) => {
      const operands = all.map((lists) => {
        const [gradient, mean, square, parameter] = lists.map((list) => put(dtype, list));
        return { gradient: gradient!, mean: mean!, square: square!, parameter: parameter!, decay };
      });
      const out = all.map(([first]) => {
        const made = (): KernelBuffer => put(dtype, new Float64Array(first!.length));
        return { update: made(), mean: made(), square: made() };
      });
      const scale = factor === undefined ? {} : { scale: put(dtype, [factor]) };
      kernels.adamw(operands, out, { ...numbers, ...scale });
      return out.flatMap(({ update, mean, square }) =>
        [update, mean, square].map((buffer) => kernels.readSync(buffer)),
      );
    });
  }

  const results = (
    kernels: Kernels,
    lists: readonly ArrayLike<number>[],
    { decay = 0.01, ...numbers }: AdamWStep & { decay?: number },
  ) => stepOf(kernels, [lists], decay, numbers);

  function expectEqual(lists: readonly ArrayLike<number>[], numbers: AdamWStep & { decay?: number }): void {
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

  it('many parameters at once are each by itself, with scaled gradients', () => {
    const all = [5, 0, 64, 33].map((n, i) => [
      ...[noise(n, i + 1), noise(n, i + 2), noise(n, i + 3).map(Math.abs), noise(n, i + 4)],
    ]);
    const together = stepOf(wasm, all, 0.01, step, 0.3);
    const oneByOne = all.flatMap((lists) => stepOf(reference, [lists], 0.01, step, 0.3));
    expect(together).toHaveLength(oneByOne.length);
    together.forEach((list, i) => {
      expectSameBits(list, oneByOne[i]!);
    });
    expect(together[0]).not.toEqual(stepOf(wasm, all, 0.01, step)[0]);
    expect(stepOf(wasm, [], 0.01, step)).toEqual([]);
  });

  it('lengths are checked', () => {
    expect(() => results(wasm, [[1, 2], [0], [0, 0], [1, 1]], step)).toThrow(
      `adamw: operand 2 should have 2 elements, found ${dtype}[1]`,
    );
  });

  it('results and scale are checked', () => {
    withBuffers(wasm, (put) => {
      const [a, two] = [put(dtype, [1]), put(dtype, [1, 2])];
      const operand = { gradient: a, mean: a, square: a, parameter: a, decay: 0 };
      const result = { update: a, mean: a, square: a };
      expect(() => wasm.adamw([operand], [], step)).toThrow('adamw: 1 parameters, but results for 0');
      expect(() => wasm.adamw([operand], [result], { ...step, scale: two })).toThrow(
        `adamw: the scale should have 1 elements, found ${dtype}[2]`,
      );
    });
  });
});

describe.each(floatTypes)('squareSum, %s', (dtype) => {
  const found = (kernels: Kernels, lists: readonly ArrayLike<number>[]): HostArray =>
    withBuffers(kernels, (put) => {
      const out = put(dtype, [7]);
      kernels.squareSum(
        lists.map((list) => put(dtype, list)),
        out,
      );
      return kernels.readSync(out);
    });

  /** The same by other kernels: products, sums over all elements, additions. */
  const composed = (kernels: Kernels, lists: readonly ArrayLike<number>[]): HostArray =>
    withBuffers(kernels, (put) => {
      const total = put(dtype, [0]);
      for (const list of lists) {
        const [x, sum] = [put(dtype, list), put(dtype, [0])];
        const squares = put(dtype, new Float64Array(list.length));
        kernels.binary('mul', x, x, squares);
        kernels.reduce('sum', squares, sum, 1, list.length, 1);
        kernels.binary('add', total, sum, total);
      }
      return kernels.readSync(total);
    });

  it.each([
    ['wasm', wasm],
    ['reference', reference],
  ] as const)('has the bits of the kernels it stands for: %s', (_, kernels) => {
    for (const n of [...sizes, 513, 5000]) {
      const lists = [noise(n, 1), noise(3, 2), [], noise(n, 3)];
      expectSameBits(found(kernels, lists), composed(kernels, lists));
    }
  });

  it('is near the plain loop: 40·u for each sum, a rounding for each square and each addition', () => {
    const lists = [noise(3000, 1), noise(3001, 2)];
    const [exact] = found(reference, lists);
    expect(Math.abs(found(wasm, lists)[0]! - exact!)).toBeLessThanOrEqual(44 * unit[dtype] * exact!);
  });

  it('of nothing is 0; an infinity and a NaN stay', () => {
    for (const kernels of [wasm, reference]) {
      expect(found(kernels, [])).toEqual(found(kernels, [[0]]));
      expect(found(kernels, [])[0]).toBe(0);
      expect(found(kernels, [[1], [2, Number.NEGATIVE_INFINITY]])[0]).toBe(Number.POSITIVE_INFINITY);
      expect(found(kernels, [[Number.NaN], [1]])[0]).toBeNaN();
    }
  });

  it('types and lengths are checked', () => {
    withBuffers(wasm, (put) => {
      expect(() => wasm.squareSum([], put(dtype, [1, 2]))).toThrow('squareSum: out should have 1 elements');
      expect(() => wasm.squareSum([put('i32', [1])], put(dtype, [1]))).toThrow('element types differ');
    });
  });
});
