// Gradients per example against one gradient at a time.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  crossEntropy,
  currentKernels,
  embedding,
  gather,
  grad,
  type Kernels,
  matmul,
  memory,
  mul,
  perTrajectory,
  reshape,
  scope,
  sum,
  type Tensor,
  tanh,
  tensor,
  useKernels,
} from '../../../src/autodiff/index.ts';
import { randomStream } from '../../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';
import { normal } from '../../../src/ops/examples.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const random = randomStream(1, 'perTrajectory');
type P = { table: Tensor; w: Tensor };
type X = { ids: Tensor; next: Tensor };
const COUNT = 7;
const LENGTH = 2;

function parameters(): P {
  return { table: normal(random, [5, 3]), w: normal(random, [3, 5]) };
}

function examples(): X {
  const ids = (): Tensor => {
    const drawn = Array.from({ length: COUNT * LENGTH }, () => random.integer(5));
    return tensor(drawn, { shape: [COUNT, LENGTH], dtype: 'i32' });
  };
  return { ids: ids(), next: ids() };
}

/** Words predict the next. */
function loss({ table, w }: P, { ids, next }: X): Tensor {
  return sum(crossEntropy(matmul(tanh(embedding(table, ids)), w), next));
}

/** Example n alone. */
function exampleAt({ ids, next }: X, n: number): X {
  const rowOf = (x: Tensor): Tensor => {
    const [, length] = x.shape as [number, number];
    return tensor(x.readSync().slice(n * length, (n + 1) * length), { dtype: 'i32' });
  };
  return { ids: rowOf(ids), next: rowOf(next) };
}

/** The kernels in use with every multiplication of their matrix products counted. */
function counting(kernels: Kernels): { kernels: Kernels; multiplications: () => number } {
  let count = 0;
  const matmul: Kernels['matmul'] = (form, a, b, out, sizes) => {
    count += sizes.batch * sizes.m * sizes.n * sizes.k;
    kernels.matmul(form, a, b, out, sizes);
  };
  return { kernels: { ...kernels, matmul }, multiplications: () => count };
}

describe('perTrajectory', () => {
  test('rows are the gradients of single values, whatever the chunk', () => {
    const [p, x] = [parameters(), examples()];
    const single = Array.from({ length: COUNT }, (_, n) => grad((q: P) => loss(q, exampleAt(x, n)))(p));
    for (const chunk of [1, 2, 7, 100]) {
      const rows = perTrajectory(loss, p, x, { chunk });
      for (const key of ['table', 'w'] as const) {
        expect(rows[key].shape).toEqual([COUNT, ...p[key].shape]);
        const expected = single.flatMap((gradient) => Array.from(gradient[key].readSync()));
        // Every entry is a sum of at most 2·5 products below 10; the order of additions may differ.
        rows[key].readSync().forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(100 * Number.EPSILON);
        });
      }
    }
  });

  test('of a table with as many rows as a multiple of the indices, which belong to the example', () => {
    // Whether rows of a gather stay apart depends on the indices, and no example has values of its own.
    const at = [
      [0, 1],
      [2, 3],
      [1, 3],
    ];
    const t = tensor([[1], [2], [3], [4]]);
    const square = ({ t }: { t: Tensor }, { at }: { at: Tensor }): Tensor => {
      const y = gather(t, at);
      return sum(mul(y, y));
    };
    const rows = perTrajectory(square, { t }, { at: tensor(at, { dtype: 'i32' }) });
    const expected = at.map((own) => [1, 2, 3, 4].map((value, row) => (own.includes(row) ? 2 * value : 0)));
    expect(Array.from(rows.t.readSync())).toEqual(expected.flat());
  });

  test('they add up to the gradient of the sum', () => {
    const [p, x] = [parameters(), examples()];
    const flat: X = { ids: reshape(x.ids, [COUNT * LENGTH]), next: reshape(x.next, [COUNT * LENGTH]) };
    const total = grad((q: P) => loss(q, flat))(p);
    const rows = perTrajectory(loss, p, x);
    for (const key of ['table', 'w'] as const) {
      const expected = total[key].readSync();
      sum(rows[key], 0)
        .readSync()
        .forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(14 * 5 * 10 * Number.EPSILON);
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

  test('larger chunks take no more multiplications', () => {
    const around = currentKernels();
    const counts = [1, 2, 7].map((chunk) => {
      const { kernels, multiplications } = counting(around);
      useKernels(kernels);
      scope(() => perTrajectory(loss, parameters(), examples(), { chunk }));
      return multiplications();
    });
    useKernels(around);
    // Per example: X·W, and the products for the gradients of X and of W, 2·3·5 each.
    expect(counts).toEqual([1, 2, 7].map(() => COUNT * 3 * 2 * 3 * 5));
  });

  test('no examples give no rows; nothing but the rows stays', () => {
    const p = parameters();
    const nothing = tensor([], { shape: [0, LENGTH], dtype: 'i32' });
    const none = { ids: nothing, next: nothing };
    expect(perTrajectory(loss, p, none).w.shape).toEqual([0, 3, 5]);
    const x = examples();
    const { buffers } = memory();
    scope(() => {
      perTrajectory(loss, p, x);
    });
    expect(memory().buffers).toBe(buffers);
  });

  test('says what does not fit', () => {
    const [p, x] = [parameters(), examples()];
    expect(() => perTrajectory(loss, p, x, { chunk: 0 })).toThrow(
      'perTrajectory: chunk must be an integer ≥ 1, found 0',
    );
    const uneven = { ...x, next: tensor([1], { dtype: 'i32' }) };
    expect(() => perTrajectory(loss, p, uneven)).toThrow(
      'perTrajectory: examples must have equal first axes, found "ids" [7, 2] and "next" [1]',
    );
    expect(() => perTrajectory((q: P, e: X) => embedding(q.table, e.ids), p, x)).toThrow(
      'grad: the function must return a scalar [], found shape [2, 3]',
    );
    expect(() => perTrajectory(loss, p, {} as X)).toThrow('expected at least one tensor of examples');
  });
});
