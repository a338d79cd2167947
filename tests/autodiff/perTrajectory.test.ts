// Gradients per example against one gradient at a time.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  crossEntropy,
  embedding,
  grad,
  matmul,
  memory,
  mul,
  perTrajectory,
  reshape,
  scope,
  slice,
  sum,
  type Tensor,
  tanh,
  tensor,
  useKernels,
} from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/experiments/host/kernels.ts';
import { normal } from '../../src/ops/examples.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const random = randomStream(1, 'perTrajectory');
type P = { table: Tensor; w: Tensor };
type X = { ids: Tensor; next: Tensor };
const COUNT = 7;

function parameters(): P {
  return { table: normal(random, [5, 3]), w: normal(random, [3, 5]) };
}

function examples(): X {
  const ids = (length: number): number[] => Array.from({ length }, () => random.integer(5));
  return {
    ids: tensor(ids(COUNT), { dtype: 'i32' }),
    next: tensor(ids(COUNT), { dtype: 'i32' }),
  };
}

/** One value per example: a word predicts the next. */
function losses({ table, w }: P, { ids, next }: X): Tensor {
  return crossEntropy(matmul(tanh(embedding(table, ids)), w), next);
}

describe('perTrajectory', () => {
  test('rows are the gradients of single values, whatever the chunk', () => {
    const [p, x] = [parameters(), examples()];
    const single = Array.from({ length: COUNT }, (_, n) =>
      grad((q: P) => reshape(slice(losses(q, x), [n], [n + 1]), []))(p),
    );
    for (const chunk of [1, 2, 7, 100]) {
      const rows = perTrajectory(losses, p, x, { chunk });
      for (const key of ['table', 'w'] as const) {
        expect(rows[key].shape).toEqual([COUNT, ...p[key].shape]);
        const expected = single.flatMap((gradient) => Array.from(gradient[key].readSync()));
        // Rows of a product are computed apart, so that only the order of additions in a chunk's zeros differs: every
        // entry is a sum of at most 7·5 products below 10.
        rows[key].readSync().forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(350 * Number.EPSILON);
        });
      }
    }
  });

  test('they add up to the gradient of the sum', () => {
    const [p, x] = [parameters(), examples()];
    const total = grad((q: P) => sum(losses(q, x)))(p);
    const rows = perTrajectory(losses, p, x);
    for (const key of ['table', 'w'] as const) {
      const expected = total[key].readSync();
      sum(rows[key], 0)
        .readSync()
        .forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(350 * Number.EPSILON);
        });
    }
  });

  test('can be differentiated: the derivative of Σ |∇f_n|² by hand', () => {
    // f_n = x_n·w²: ∇f_n = 2·x_n·w, Σ_n |∇f_n|² = 4·w²·Σx², derivative 8·w·Σx².
    const squared = ({ w }: { w: Tensor }): Tensor => {
      const f = (q: { w: Tensor }, e: { x: Tensor }): Tensor => mul(e.x, mul(q.w, q.w));
      const rows = perTrajectory(f, { w }, { x: tensor([1, 2, 3]) }, { chunk: 2 });
      return sum(mul(rows.w, rows.w));
    };
    expect(grad(squared)({ w: tensor(5) }).w.item()).toBe(8 * 5 * 14);
  });

  test('no examples give no rows; nothing but the rows stays', () => {
    const p = parameters();
    const none = { ids: tensor([], { dtype: 'i32' }), next: tensor([], { dtype: 'i32' }) };
    expect(perTrajectory(losses, p, none).w.shape).toEqual([0, 3, 5]);
    const x = examples();
    const { buffers } = memory();
    scope(() => {
      perTrajectory(losses, p, x);
    });
    expect(memory().buffers).toBe(buffers);
  });

  test('says what does not fit', () => {
    const [p, x] = [parameters(), examples()];
    expect(() => perTrajectory(losses, p, x, { chunk: 0 })).toThrow(
      'perTrajectory: chunk must be an integer ≥ 1, found 0',
    );
    const uneven = { ...x, next: tensor([1], { dtype: 'i32' }) };
    expect(() => perTrajectory(losses, p, uneven)).toThrow(
      'perTrajectory: examples must have equal first axes, found "ids" [7] and "next" [1]',
    );
    expect(() => perTrajectory((q: P, e: X) => sum(losses(q, e)), p, x)).toThrow(
      'perTrajectory: the function must return one value for each of 7 examples, found shape []',
    );
    expect(() => perTrajectory(losses, p, {} as X)).toThrow('expected at least one tensor of examples');
  });
});
