// Values and shapes of the ops against walks over index tuples, on random shapes: broadcasting, axes, layouts, rows.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import * as g from '../../src/autodiff/index.ts';
import type { RandomStream } from '../../src/base/random.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';
import { broadcastingShapes, normal, randomShape } from '../../src/ops/examples.ts';
import { broadcastShapes } from '../../src/tensor/shape.ts';
import { build, contents, counting, type Index, indicesOf, reader } from './host.ts';
import { arbitraryStream } from './sampling.ts';

beforeAll(() => g.useKernels(referenceKernels()));

function property(check: (random: RandomStream) => void): void {
  fc.assert(
    fc.property(arbitraryStream, (random) => g.scope(() => check(random))),
    { numRuns: 200, seed: 2 },
  );
}

/** Every second integer bit of a stream decides about an axis. */
function someAxes(random: RandomStream, shape: g.Shape): number[] {
  return shape.flatMap((_, d) => (random.integer(2) === 1 ? [d] : []));
}

describe('two operands broadcast as in NumPy', () => {
  const formulas: Record<string, [(x: g.Tensor, y: g.Tensor) => g.Tensor, (x: number, y: number) => number]> =
    {
      add: [g.add, (x, y) => x + y],
      sub: [g.sub, (x, y) => x - y],
      mul: [g.mul, (x, y) => x * y],
      div: [g.div, (x, y) => x / y],
      minimum: [g.minimum, Math.min],
      maximum: [g.maximum, Math.max],
      greater: [g.greater, (x, y) => Number(x > y)],
      greaterEqual: [g.greaterEqual, (x, y) => Number(x >= y)],
      equal: [g.equal, (x, y) => Number(x === y)],
    };
  test.each(Object.entries(formulas))('%s', (_, [op, formula]) => {
    property((random) => {
      const [a, b] = broadcastingShapes(random);
      const [x, y] = [normal(random, a), normal(random, b)];
      const shape = broadcastShapes('test', a, b);
      const [atX, atY] = [reader(x), reader(y)];
      const values = build(shape, (index) => formula(atX(index), atY(index)));
      expect(contents(op(x, y))).toEqual({ shape, values });
    });
  });

  test('a number stands for a tensor of it, in the type of the other', () => {
    const x = g.tensor([1, 2, 3], { dtype: 'f32' });
    expect(contents(g.sub(1, x))).toEqual({ shape: [3], values: [0, -1, -2] });
    expect(contents(g.div(x, 2))).toEqual({ shape: [3], values: [0.5, 1, 1.5] });
    expect(g.add(x, 1).dtype).toBe('f32');
  });

  test('where broadcasts all three', () => {
    const chosen = g.where(g.tensor([1, 0, 2]), g.tensor([[1], [2]]), -1);
    expect(contents(chosen)).toEqual({ shape: [2, 3], values: [1, -1, 1, 2, -1, 2] });
  });

  test('where keeps NaN and Infinity of the branch not taken out', () => {
    const x = g.tensor([0, 4]);
    expect(contents(g.where(g.greater(x, 0), g.log(x), 0)).values).toEqual([0, Math.log(4)]);
  });
});

describe('reductions', () => {
  const formulas = {
    sum: [g.sum, (terms: number[]) => terms.reduce((a, b) => a + b, 0)],
    mean: [g.mean, (terms: number[]) => terms.reduce((a, b) => a + b, 0) / terms.length],
    max: [g.max, (terms: number[]) => Math.max(...terms)],
    min: [g.min, (terms: number[]) => Math.min(...terms)],
  } as const;
  test.each(Object.entries(formulas))('%s over any axes, kept or dropped', (_, [op, formula]) => {
    property((random) => {
      const shape = randomShape(random, 0, 4);
      const axes = someAxes(random, shape);
      // Integers up to 200: every sum is exact, in whatever order it is taken.
      const x = counting(shape);
      const at = reader(x);
      const kept = shape.map((axis, d) => (axes.includes(d) ? 1 : axis));
      const values = build(kept, (index) => {
        const inside = (other: Index): boolean => other.every((i, d) => axes.includes(d) || i === index[d]);
        return formula(indicesOf(shape).filter(inside).map(at));
      });
      const dropped = shape.filter((_, d) => !axes.includes(d));
      expect(contents(op(x, axes, true))).toEqual({ shape: kept, values });
      expect(
        contents(
          op(
            x,
            axes.map((d) => d - shape.length),
          ),
        ),
      ).toEqual({ shape: dropped, values });
    });
  });

  test('without axes everything is reduced', () => {
    const x = counting([2, 3]);
    expect([g.sum(x), g.mean(x), g.max(x)].map(contents)).toEqual([
      { shape: [], values: [15] },
      { shape: [], values: [2.5] },
      { shape: [], values: [5] },
    ]);
  });

  test('an empty axis: sum 0, mean NaN, max and logSumExp −Infinity, softmax empty', () => {
    const x = g.zeros([2, 0]);
    expect(contents(g.sum(x, 1)).values).toEqual([0, 0]);
    expect(contents(g.mean(x, 1)).values).toEqual([Number.NaN, Number.NaN]);
    expect(contents(g.max(x, 1)).values).toEqual([-Infinity, -Infinity]);
    expect(contents(g.min(x, 1)).values).toEqual([Infinity, Infinity]);
    expect(contents(g.logSumExp(x)).values).toEqual([-Infinity, -Infinity]);
    expect(contents(g.softmax(x))).toEqual({ shape: [2, 0], values: [] });
  });
});

describe('layout', () => {
  test('reshape keeps the order and shares the memory', () => {
    const x = counting([2, 3]);
    const y = g.reshape(x, [3, 1, 2]);
    expect(contents(y)).toEqual({ shape: [3, 1, 2], values: [0, 1, 2, 3, 4, 5] });
    expect(y.buffer).toBe(x.buffer);
  });

  test('transpose', () => {
    property((random) => {
      const shape = randomShape(random);
      const order = shape.map((_, d) => d);
      if (order.length > 1) order.push(order.shift()!);
      const at = reader(counting(shape));
      const transposed = order.map((d) => shape[d]!);
      const values = build(transposed, (index) => at(shape.map((_, d) => index[order.indexOf(d)]!)));
      expect(contents(g.transpose(counting(shape), order))).toEqual({ shape: transposed, values });
    });
    expect(contents(g.transpose(counting([2, 3]))).values).toEqual([0, 3, 1, 4, 2, 5]);
    expect(contents(g.transpose(counting([2, 3]), [-1, 0])).shape).toEqual([3, 2]);
  });

  test('slice, and pad as its inverse on the part it keeps', () => {
    property((random) => {
      const shape = randomShape(random);
      const start = shape.map((axis) => random.integer(axis + 1));
      const end = shape.map((axis, d) => start[d]! + random.integer(axis - start[d]! + 1));
      const at = reader(counting(shape));
      const part = g.slice(counting(shape), start, end);
      const sizes = shape.map((_, d) => end[d]! - start[d]!);
      const values = build(sizes, (index) => at(index.map((i, d) => i + start[d]!)));
      expect(contents(part)).toEqual({ shape: sizes, values });
      const inside = (index: Index): boolean => index.every((i, d) => i >= start[d]! && i < end[d]!);
      const padded = build(shape, (index) => (inside(index) ? at(index) : 0));
      const after = shape.map((axis, d) => axis - end[d]!);
      expect(contents(g.pad(part, start, after))).toEqual({ shape, values: padded });
    });
  });

  test('concat puts slices back together', () => {
    property((random) => {
      const shape = randomShape(random, 1);
      const axis = random.integer(shape.length);
      const cut = random.integer(shape[axis]! + 1);
      const x = counting(shape);
      const bound = (value: number, other: g.Shape): number[] =>
        other.map((n, d) => (d === axis ? value : n));
      const low = g.slice(
        x,
        shape.map(() => 0),
        bound(cut, shape),
      );
      const high = g.slice(
        x,
        bound(
          cut,
          shape.map(() => 0),
        ),
        shape,
      );
      expect(contents(g.concat([low, high], axis - shape.length))).toEqual(contents(x));
    });
  });

  test('gather takes rows, scatterAdd sums them back', () => {
    const x = counting([3, 2]);
    const at = g.indices([2, 0, 2]);
    expect(contents(g.gather(x, at))).toEqual({ shape: [3, 2], values: [4, 5, 0, 1, 4, 5] });
    expect(contents(g.scatterAdd(g.gather(x, at), at, 4))).toEqual({
      shape: [4, 2],
      values: [0, 1, 0, 0, 8, 10, 0, 0],
    });
    const square = g.tensor([1, 0, 0, 1], { shape: [2, 2], dtype: 'i32' });
    expect(contents(g.gather(g.tensor([5, 7]), square))).toEqual({ shape: [2, 2], values: [7, 5, 5, 7] });
  });

  test('layout ops serve indices too', () => {
    const at = g.tensor([[1, 2, 0]], { dtype: 'i32' });
    expect(contents(g.slice(g.transpose(at), [1, 0], [3, 1]))).toEqual({ shape: [2, 1], values: [2, 0] });
    expect(contents(g.concat([at, at], 0)).shape).toEqual([2, 3]);
  });

  test('cast rounds', () => {
    expect(contents(g.cast(g.tensor([0.1, -2.7]), 'f32')).values).toEqual([
      Math.fround(0.1),
      Math.fround(-2.7),
    ]);
    expect(contents(g.cast(g.tensor([0.1, -2.7]), 'i32')).values).toEqual([0, -2]);
  });
});

describe('matrix products', () => {
  test('all three forms, with and without a batch', () => {
    property((random) => {
      const batch = randomShape(random, 0, 2);
      const [m, n, k] = randomShape(random, 3, 3) as [number, number, number];
      // Small integers: every sum is exact.
      const a = g.sub(counting([...batch, m, k]), 3);
      const b = g.sub(counting([...batch, k, n]), 5);
      const [atA, atB] = [reader(a), reader(b)];
      const shape = [...batch, m, n];
      const values = build(shape, (index) => {
        const [outer, i, j] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
        let total = 0;
        for (let p = 0; p < k; p++) total += atA([...outer, i, p]) * atB([...outer, p, j]);
        return total;
      });
      const lastTwo = [...batch.map((_, d) => d), batch.length + 1, batch.length];
      const expected = { shape, values };
      expect(contents(g.matmul(a, b))).toEqual(expected);
      expect(contents(g.matmulTN(g.transpose(a, lastTwo), b))).toEqual(expected);
      expect(contents(g.matmulNT(a, g.transpose(b, lastTwo)))).toEqual(expected);
    });
  });
});

describe('rows', () => {
  test('softmax, logSoftmax and logSumExp belong together', () => {
    property((random) => {
      const x = normal(random, randomShape(random, 1));
      const logs = g.sub(x, g.reshape(g.logSumExp(x), [...x.shape.slice(0, -1), 1]));
      // |x| < 10, at most 3 columns: a few roundings of numbers below 16 on either side.
      const tolerance = 16 * 8 * Number.EPSILON;
      const [p, logP] = [g.softmax(x).readSync(), g.logSoftmax(x).readSync()];
      logs.readSync().forEach((expected, i) => {
        expect(Math.abs(logP[i]! - expected)).toBeLessThanOrEqual(tolerance);
        expect(Math.abs(p[i]! - Math.exp(expected))).toBeLessThanOrEqual(tolerance);
      });
    });
  });

  test('are stable far from zero and for masked logits', () => {
    expect(contents(g.softmax(g.tensor([1000, 1000]))).values).toEqual([0.5, 0.5]);
    expect(contents(g.softmax(g.tensor([-Infinity, 3]))).values).toEqual([0, 1]);
    expect(g.logSumExp(g.tensor([-1000, -Infinity])).item()).toBe(-1000);
  });
});

describe('ties and bounds', () => {
  const gradientAt = (f: (x: g.Tensor) => g.Tensor, at: number[]): number[] =>
    Array.from(
      g
        .grad(({ x }: { x: g.Tensor }) => g.sum(f(x)))({ x: g.tensor(at) })
        .x.readSync(),
    );

  test('maximum and minimum split a tie evenly', () => {
    expect(gradientAt((x) => g.maximum(x, 1), [0, 1, 2])).toEqual([0, 0.5, 1]);
    expect(gradientAt((x) => g.minimum(x, 1), [0, 1, 2])).toEqual([1, 0.5, 0]);
    expect(gradientAt((x) => g.maximum(x, x), [3])).toEqual([1]);
  });

  test('min over an axis splits a tie evenly', () => {
    expect(gradientAt((x) => g.min(x), [2, 1, 5, 1])).toEqual([0, 0.5, 0, 0.5]);
  });

  test('max over an axis splits a tie evenly', () => {
    expect(gradientAt((x) => g.max(x), [2, 5, 5, 1])).toEqual([0, 0.5, 0.5, 0]);
  });

  test('clamp passes inside its bounds', () => {
    expect(contents(g.clamp(g.tensor([-3, 0.5, 3]), -1, 2)).values).toEqual([-1, 0.5, 2]);
    expect(gradientAt((x) => g.clamp(x, -1, 2), [-3, -1, 0.5, 2, 3])).toEqual([0, 0.5, 1, 0.5, 0]);
  });

  test('abs has derivative 0 at 0', () => {
    expect(gradientAt(g.abs, [-2, 0, 2])).toEqual([-1, 0, 1]);
  });

  test('no derivative flows through stopGradient, sign and comparisons', () => {
    expect(gradientAt((x) => g.mul(x, g.stopGradient(x)), [3])).toEqual([3]);
    expect(gradientAt((x) => g.mul(x, g.sign(x)), [-3])).toEqual([-1]);
    expect(gradientAt((x) => g.mul(x, g.greater(x, 0)), [-3, 3])).toEqual([0, 1]);
    const { tangent } = g.jvp(({ x }) => g.stopGradient(x), { x: g.tensor(3) }, { x: g.tensor(1) });
    expect(tangent.item()).toBe(0);
  });
});
