// Values of the ops that networks are made of, against formulas on the host: batched products that broadcast, activations,
// layer norm, the causal mask, embedding, cross-entropy.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import * as g from '../../src/autodiff/index.ts';
import type { RandomStream } from '../../src/base/random.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';
import { broadcastingShapes, normal, randomShape } from '../../src/ops/examples.ts';
import { broadcastShapes, sizeOf } from '../../src/tensor/shape.ts';
import { build, contents, counting, reader } from './host.ts';
import { arbitraryStream } from './sampling.ts';

beforeAll(() => g.useKernels(referenceKernels()));

function property(check: (random: RandomStream) => void): void {
  fc.assert(
    fc.property(arbitraryStream, (random) => g.scope(() => check(random))),
    { numRuns: 200, seed: 2 },
  );
}

describe('matrix products with broadcasting', () => {
  test('batch axes broadcast in all three forms', () => {
    property((random) => {
      const [batchA, batchB] = broadcastingShapes(random);
      const [m, n, k] = randomShape(random, 3, 3) as [number, number, number];
      const a = g.sub(counting([...batchA, m, k]), 3);
      const b = g.sub(counting([...batchB, k, n]), 5);
      const [atA, atB] = [reader(a), reader(b)];
      const shape = [...broadcastShapes('test', batchA, batchB), m, n];
      const values = build(shape, (index) => {
        const [outer, i, j] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
        let total = 0;
        // A matrix side of 1 is no broadcast: p is 0 there anyhow.
        for (let p = 0; p < k; p++) total += atA([...outer, i, p]) * atB([...outer, p, j]);
        return total;
      });
      const flipped = (x: g.Tensor): g.Tensor => {
        const order = x.shape.map((_, d) => d);
        return g.transpose(x, [...order.slice(0, -2), order.length - 1, order.length - 2]);
      };
      const expected = { shape, values };
      expect(contents(g.matmul(a, b))).toEqual(expected);
      expect(contents(g.matmulTN(flipped(a), b))).toEqual(expected);
      expect(contents(g.matmulNT(a, flipped(b)))).toEqual(expected);
    });
  });

  test('one matrix for a whole batch is not repeated', () => {
    const kernels = referenceKernels();
    const before = g.currentKernels();
    g.useKernels(kernels);
    const [a, b] = [g.ones([50, 2, 3]), g.ones([3, 4])];
    const { live, peak } = kernels.memory();
    expect(peak).toBe(live);
    const product = g.matmul(a, b);
    expect(kernels.memory().peak - live).toBe(8 * product.size);
    g.useKernels(before);
  });
});

describe('the ops of a transformer', () => {
  test('tanh, sigmoid, rsqrt, gelu, silu, expm1, log1p', () => {
    const x = [-2, -0.5, 0, 0.25, 3];
    const at = (f: (x: g.Tensor) => g.Tensor): number[] => contents(f(g.tensor(x))).values;
    expect(at(g.expm1)).toEqual(x.map(Math.expm1));
    expect(at((v) => g.log1p(g.add(v, 3)))).toEqual(x.map((v) => Math.log1p(v + 3)));
    expect(at((v) => g.rsqrt(g.add(v, 4)))).toEqual(x.map((v) => 1 / Math.sqrt(v + 4)));
    const formulas: [number[], (v: number) => number][] = [
      [at(g.tanh), Math.tanh],
      [at(g.expm1MinusX), (v) => Math.exp(v) - 1 - v],
      [at(g.sigmoid), (v) => 1 / (1 + Math.exp(-v))],
      [at(g.silu), (v) => v / (1 + Math.exp(-v))],
      [at(g.gelu), (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)))],
    ];
    for (const [found, formula] of formulas) {
      // A few roundings of numbers below 32.
      found.forEach((value, i) => {
        expect(Math.abs(value - formula(x[i]!))).toBeLessThanOrEqual(64 * Number.EPSILON);
      });
    }
  });

  test('linear is a product and a sum, over any leading axes', () => {
    property((random) => {
      const [lead, k, n] = [randomShape(random, 1, 2), random.integer(4), random.integer(4)];
      const [x, weight] = [counting([...lead, k]), g.sub(counting([k, n]), 3)];
      const bias = counting([n]);
      // Small integers: every sum is exact.
      const row = g.reshape(x, [sizeOf(lead), k]);
      const values = contents(g.add(g.matmul(row, weight), bias)).values;
      expect(contents(g.linear(x, weight, bias))).toEqual({ shape: [...lead, n], values });
    });
  });

  test('rmsNorm', () => {
    // Mean square 4, epsilon 0; √(mean square + epsilon) = 4.
    expect(contents(g.rmsNorm(g.tensor([[2, -2]]), g.tensor([10, 100]), 0))).toEqual({
      shape: [1, 2],
      values: [10, -100],
    });
    expect(contents(g.rmsNorm(g.tensor([2, -2]), g.tensor([1, 1]), 12)).values).toEqual([0.5, -0.5]);
    expect(contents(g.rmsNorm(g.zeros([2, 0]), g.zeros([0])))).toEqual({ shape: [2, 0], values: [] });
  });

  test('rotary turns pairs of halves by the angle of their place, and keeps products of equal distance', () => {
    // Two sequences of two places, two heads of width 4; angles 0 at place 0, a right angle and a half turn at place 1.
    const x = counting([4, 8]);
    const cosine = g.tensor([
      [1, 1],
      [0, -1],
    ]);
    const sine = g.tensor([
      [0, 0],
      [1, 0],
    ]);
    const y = g.rotary(x, cosine, sine, { heads: 2, length: 2 });
    expect(contents(g.slice(y, [0, 0], [2, 8])).values).toEqual([
      ...[0, 1, 2, 3, 4, 5, 6, 7],
      ...[-10, -9, 8, -11, -14, -13, 12, -15],
    ]);
    // ⟨turn(q, s), turn(k, t)⟩ depends on t − s alone.
    const places = 6;
    const angles = Float64Array.from({ length: places * 2 }, (_, i) => (i >> 1) * (i % 2 === 0 ? 1 : 0.1));
    const [c, s] = [Math.cos, Math.sin].map((f) => g.tensor(angles.map(f), { shape: [places, 2] }));
    const rows = (values: number[]): g.Tensor => g.broadcastTo(g.tensor([values]), [places, 4]);
    const [q, k] = [rows([1, -2, 0.5, 3]), rows([0.3, 0.7, -1, 2])].map((r) =>
      g.rotary(r, c!, s!, { heads: 1, length: places }),
    );
    const products = contents(g.matmulNT(q!, k!)).values;
    const at = (i: number, j: number): number => products[i * places + j]!;
    for (let i = 1; i < places; i++) {
      for (let j = 1; j < places; j++) {
        // Cosines of angles up to 5 are right to 1e-15, and the vectors are shorter than 4.
        expect(Math.abs(at(i, j) - at(i - 1, j - 1))).toBeLessThan(1e-13);
      }
    }
    expect(Math.abs(at(0, 1) - at(1, 0))).toBeGreaterThan(0.1);
  });

  test('layerNorm', () => {
    // Mean 3, variance 4, epsilon 0 in effect.
    const y = g.layerNorm(g.tensor([[1, 5]]), g.tensor([10, 100]), g.tensor([1, 2]), 0);
    expect(contents(y)).toEqual({ shape: [1, 2], values: [-9, 102] });
    // √(variance + epsilon) = 4.
    const z = g.layerNorm(g.tensor([1, 5]), g.tensor([1, 1]), g.tensor([0, 0]), 12);
    expect(contents(z).values).toEqual([-0.5, 0.5]);
    expect(contents(g.layerNorm(g.zeros([2, 0]), g.zeros([0]), g.zeros([0])))).toEqual({
      shape: [2, 0],
      values: [],
    });
    // The usual epsilon on a constant row.
    const constant = g.layerNorm(g.tensor([7, 7]), g.tensor([1, 1]), g.tensor([3, 4]));
    expect(contents(constant).values).toEqual([3, 4]);
  });

  test('causalMask, lowerTriangle', () => {
    const x = g.tensor([1, 2, 3, 4, 5, 6, 7, 8], { shape: [2, 2, 2] });
    expect(contents(g.causalMask(x)).values).toEqual([1, -Infinity, 3, 4, 5, -Infinity, 7, 8]);
    expect(contents(g.lowerTriangle(x)).values).toEqual([1, 0, 3, 4, 5, 0, 7, 8]);
    expect(contents(g.softmax(g.causalMask(g.zeros([2, 2])))).values).toEqual([1, 0, 0.5, 0.5]);
  });

  test('embedding takes ids of any shape', () => {
    const table = counting([3, 2]);
    const ids = g.tensor([2, 0, 0, 1], { shape: [2, 2], dtype: 'i32' });
    expect(contents(g.embedding(table, ids))).toEqual({ shape: [2, 2, 2], values: [4, 5, 0, 1, 0, 1, 2, 3] });
    expect(() => g.embedding(table, g.indices([3]))).toThrow('gather: indices[0] = 3 is not in [0, 3)');
  });

  test('crossEntropy is −logSoftmax at the target', () => {
    property((random) => {
      const [rows, columns] = [random.integer(4), 1 + random.integer(4)];
      const x = normal(random, [rows, columns]);
      const targets = Array.from({ length: rows }, () => random.integer(columns));
      const logs = reader(g.logSoftmax(x));
      const losses = g.crossEntropy(x, g.indices(targets));
      expect(losses.shape).toEqual([rows]);
      losses.readSync().forEach((loss, r) => {
        // Roundings of numbers below 16.
        expect(Math.abs(loss + logs([r, targets[r]!]))).toBeLessThanOrEqual(64 * Number.EPSILON);
      });
    });
    expect(() => g.crossEntropy(g.zeros([1, 2]), g.indices([2]))).toThrow(
      'crossEntropy: targets[0] = 2 is not in [0, 2)',
    );
  });

  test('crossEntropy of masked logits: finite where the target is not masked', () => {
    const x = g.tensor([[0, -Infinity, 0]]);
    expect(contents(g.crossEntropy(x, g.indices([0]))).values).toEqual([Math.log(2)]);
    expect(contents(g.crossEntropy(x, g.indices([1]))).values).toEqual([Infinity]);
    const { x: gradient } = g.grad(({ x: at }: { x: g.Tensor }) => g.sum(g.crossEntropy(at, g.indices([0]))))(
      { x },
    );
    expect(contents(gradient).values).toEqual([-0.5, 0, 0.5]);
  });
});
