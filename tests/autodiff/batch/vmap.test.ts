// vmap among the other transforms, at its edges, and what it says of misuse. Ops one by one: tests/ops/batch.test.ts.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  add,
  cast,
  checkpoint,
  crossEntropy,
  embedding,
  exp,
  grad,
  hvp,
  jvp,
  layerNorm,
  matmul,
  memory,
  mul,
  onCotangent,
  reshape,
  scope,
  sum,
  type Tensor,
  tanh,
  tensor,
  useKernels,
  vjp,
  vmap,
  zeros,
} from '../../../src/autodiff/index.ts';
import { randomStream } from '../../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';
import { normal } from '../../../src/ops/examples.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const random = randomStream(1, 'vmap');
const values = (x: Tensor): number[] => Array.from(x.readSync());

describe('vmap', () => {
  test('of a function of several tensors; what comes from outside is the same for all', () => {
    const w = tensor([2, 3]);
    const f = vmap(({ x, k }: { x: Tensor; k: Tensor }) => ({
      scaled: mul(mul(x, w), k),
      total: sum(x),
      same: w,
    }));
    const found = f({
      x: tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      k: tensor([1, 10, 100]),
    });
    expect(found.scaled.shape).toEqual([3, 2]);
    expect(values(found.scaled)).toEqual([2, 6, 60, 120, 1000, 1800]);
    expect(values(found.total)).toEqual([3, 7, 11]);
    expect(values(found.same)).toEqual([2, 3, 2, 3, 2, 3]);
  });

  test('shapes inside are those of one example', () => {
    const seen: unknown[] = [];
    vmap(({ x }: { x: Tensor }) => {
      seen.push(x.shape, x.size, sum(x, 0).shape);
      return x;
    })({ x: zeros([4, 3, 2]) });
    expect(seen).toEqual([[3, 2], 6, [2]]);
  });

  test('inside itself: all pairs', () => {
    const pairs = vmap(({ x }: { x: Tensor }) =>
      vmap(({ y }: { y: Tensor }) => sum(mul(x, y)))({
        y: tensor([
          [1, 0],
          [1, 1],
        ]),
      }),
    );
    const found = pairs({
      x: tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    });
    expect(found.shape).toEqual([3, 2]);
    expect(values(found)).toEqual([1, 3, 3, 7, 5, 11]);
  });

  test('inside itself over tables and indices of their own', () => {
    const tables = tensor([
      [[1], [2]],
      [[3], [4]],
    ]);
    const ids = tensor(
      [
        [0, 1, 1],
        [1, 0, 1],
      ],
      { dtype: 'i32' },
    );
    const looked = vmap(({ table }: { table: Tensor }) =>
      vmap(({ at }: { at: Tensor }) => reshape(embedding(table, at), [3]))({ at: ids }),
    )({ table: tables });
    expect(values(looked)).toEqual([1, 2, 2, 2, 1, 2, 3, 4, 4, 4, 3, 4]);
    const bothOwn = vmap(({ table, at }: { table: Tensor; at: Tensor }) => embedding(table, at))({
      table: tables,
      at: ids,
    });
    expect(values(bothOwn)).toEqual([1, 2, 2, 4, 3, 4]);
  });

  test('of a pullback: the rows of a Jacobian', () => {
    // f(x) = (x₀², x₀·x₁): J = (2x₀ 0; x₁ x₀).
    const f = ({ x }: { x: Tensor }): Tensor => {
      const first = matmul(
        reshape(x, [1, 2]),
        tensor([
          [1, 1],
          [0, 0],
        ]),
      );
      return mul(reshape(first, [2]), x);
    };
    const { pullback } = vjp(f, { x: tensor([3, 5]) });
    const rows = vmap(({ c }: { c: Tensor }) => pullback({ c }).c)({
      c: tensor([
        [1, 0],
        [0, 1],
      ]),
    });
    expect(values(rows.x)).toEqual([6, 0, 5, 3]);
    const columns = vmap(({ v }: { v: Tensor }) => jvp(f, { x: tensor([3, 5]) }, { x: v }).tangent)({
      v: tensor([
        [1, 0],
        [0, 1],
      ]),
    });
    expect(values(columns)).toEqual([6, 5, 0, 3]);
  });

  test('of hvp: the rows of a Hessian; of a gradient at many points', () => {
    // f = Σ x³: ∇²f = diag(6x).
    const f = ({ x }: { x: Tensor }): Tensor => sum(mul(x, mul(x, x)));
    const at = tensor([1, 2]);
    const rows = vmap(({ v }: { v: Tensor }) => hvp(f, { x: at }, { x: v }).x)({
      v: tensor([
        [1, 0],
        [0, 1],
      ]),
    });
    expect(values(rows)).toEqual([6, 0, 0, 12]);
    const gradients = vmap(grad(f))({
      x: tensor([
        [1, 2],
        [3, 4],
      ]),
    });
    expect(values(gradients.x)).toEqual([3, 12, 27, 48]);
  });

  test('between two gradients, with a fused op: d/dw Σ_n |∇_γ f_n|² by hand', () => {
    // f_n = Σ layerNorm(w·x_n)·γ: ∇_γ f_n = layerNorm(w·x_n) =: h_n. Compared with the loop.
    const x = normal(random, [3, 1, 4]);
    const beta = zeros([4]);
    const inner = (w: Tensor, row: Tensor): Tensor =>
      grad(({ gamma }: { gamma: Tensor }) => sum(layerNorm(mul(row, w), gamma, beta, 0.3)))({
        gamma: tensor([1, 2, 3, 4]),
      }).gamma;
    const norm2 = (h: Tensor): Tensor => sum(mul(h, h));
    const through = grad(({ w }: { w: Tensor }) =>
      sum(vmap(({ row }: { row: Tensor }) => norm2(inner(w, row)))({ row: x })),
    );
    const rowOf = (n: number): Tensor => tensor(x.readSync().slice(4 * n, 4 * n + 4), { shape: [1, 4] });
    const looped = [0, 1, 2].map((n) =>
      grad(({ w }: { w: Tensor }) => norm2(inner(w, rowOf(n))))({ w: tensor(0.7) }).w.item(),
    );
    const found = through({ w: tensor(0.7) }).w.item();
    // Three sums over four numbers below 10, some thirty roundings each.
    expect(Math.abs(found - looped.reduce((a, b) => a + b))).toBeLessThanOrEqual(
      3 * 4 * 30 * 10 * Number.EPSILON,
    );
  });

  test('of a checkpointed block: derivatives inside and outside, for what is mapped and what is not', () => {
    const block = checkpoint(({ x, w }: { x: Tensor; w: Tensor }) => tanh(matmul(x, w)));
    const plain = ({ x, w }: { x: Tensor; w: Tensor }): Tensor => tanh(matmul(x, w));
    const at = { x: normal(random, [3, 2, 2]), w: normal(random, [2, 2]) };
    const outside = (f: typeof plain) =>
      grad(({ x, w }: typeof at) => sum(vmap((e: { x: Tensor }) => f({ x: e.x, w }))({ x })))(at);
    const inside = (f: typeof plain) =>
      vmap(({ x }: { x: Tensor }) => grad(({ w }: { w: Tensor }) => sum(f({ x, w })))({ w: at.w }).w)({
        x: at.x,
      });
    const twice = (f: typeof plain) =>
      grad(({ w }: { w: Tensor }) => {
        const rows = vmap(
          ({ x }: { x: Tensor }) => grad((q: { w: Tensor }) => sum(f({ x, w: q.w })))({ w }).w,
        )({ x: at.x });
        return sum(mul(rows, rows));
      })({ w: at.w }).w;
    expect(values(outside(block).w)).toEqual(values(outside(plain).w));
    expect(values(outside(block).x)).toEqual(values(outside(plain).x));
    expect(values(inside(block))).toEqual(values(inside(plain)));
    const [a, b] = [values(twice(block)), values(twice(plain))];
    // The order of additions differs: twelve terms below 10 each.
    for (const [i, value] of a.entries()) {
      expect(Math.abs(value - b[i]!)).toBeLessThanOrEqual(12 * 10 * 12 * Number.EPSILON);
    }
    expect(Math.max(...a.map(Math.abs))).toBeGreaterThan(0.1);
  });

  test('no examples: empty stacks of the right shape, derivatives of 0', () => {
    const f = vmap(({ x }: { x: Tensor }) => exp(matmul(x, tensor([[1], [2]]))));
    expect(f({ x: zeros([0, 3, 2]) }).shape).toEqual([0, 3, 1]);
    const g = grad(({ w }: { w: Tensor }) =>
      sum(vmap(({ x }: { x: Tensor }) => mul(x, w))({ x: zeros([0]) })),
    );
    expect(g({ w: tensor(2) }).w.item()).toBe(0);
    const ids = tensor([], { shape: [0, 2], dtype: 'i32' });
    const losses = vmap(({ at }: { at: Tensor }) => crossEntropy(embedding(tensor([[1, 2]]), at), at))({
      at: ids,
    });
    expect(losses.shape).toEqual([0, 2]);
  });

  test('f32 stays f32', () => {
    const found = vmap(({ x }: { x: Tensor }) => cast(x, 'f32'))({ x: zeros([2, 2]) });
    expect(found.dtype).toBe('f32');
    expect(vmap(({ x }: { x: Tensor }) => add(x, 1))({ x: found }).dtype).toBe('f32');
  });

  test('scopes inside the function; nothing but the result stays', () => {
    const x = normal(random, [5, 2, 2]);
    const { buffers } = memory();
    scope(() => {
      const f = ({ x }: { x: Tensor }): Tensor => scope(() => sum(exp(scope(() => matmul(x, x)))));
      const alone = [0, 1, 2, 3, 4].map((n) =>
        f({ x: tensor(x.readSync().slice(4 * n, 4 * n + 4), { shape: [2, 2] }) }).item(),
      );
      expect(values(vmap(f)({ x }))).toEqual(alone);
      grad(({ x }: { x: Tensor }) => sum(vmap(f)({ x })))({ x });
      vmap(grad(f))({ x });
    });
    expect(memory().buffers).toBe(buffers);
  });

  test('says what cannot be', () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(() => vmap(({ x }: { x: Tensor }) => tensor(x.readSync()))({ x })).toThrow(
      'vmap: the values of [2] made by tensor cannot be read inside the function',
    );
    expect(() => vmap(({ x }: { x: Tensor }) => (sum(x).item() > 0 ? x : x))({ x })).toThrow(
      'made by sum cannot be read',
    );
    expect(() => vmap(({ a }: { a: Tensor; b: Tensor }) => a)({ a: x, b: tensor([1]) })).toThrow(
      'vmap: examples must have equal first axes, found "a" [2, 2] and "b" [1]',
    );
    expect(() => vmap(({ a }: { a: Tensor }) => a)({ a: tensor(1) })).toThrow('equal first axes');
    expect(() => vmap(() => zeros([]))({})).toThrow('vmap: expected at least one tensor of examples');
    expect(() => vmap((() => 3) as unknown as () => Tensor)({ x })).toThrow(
      'vmap: the function must return a tensor',
    );
    expect(() => vmap((() => ({ a: 3 })) as unknown as () => Tensor)({ x })).toThrow('must return a tensor');
    let leaked: Tensor | undefined;
    vmap(({ x }: { x: Tensor }) => {
      leaked = x;
      return x;
    })({ x });
    expect(() => sum(leaked!)).toThrow('vmap: the tensor made by tensor was used after');
    const ids = tensor([[0], [2]], { dtype: 'i32' });
    expect(() =>
      vmap(({ t, at }: { t: Tensor; at: Tensor }) => embedding(t, at))({ t: zeros([2, 2, 1]), at: ids }),
    ).toThrow('indices[1] = 2 is not in [0, 2)');
    expect(() =>
      grad(({ x }: { x: Tensor }) =>
        sum(
          vmap(({ x }: { x: Tensor }) => {
            onCotangent(exp(x), (c) => c);
            return x;
          })({ x }),
        ),
      )({ x }),
    ).toThrow('belongs to a transform outside vmap');
  });

  test('hooks of a transform inside see the cotangents of one example', () => {
    const seen: unknown[] = [];
    const doubled = vmap(
      grad(({ x }: { x: Tensor }) => {
        const y = onCotangent(exp(x), (c) => {
          seen.push(c.shape);
          return mul(c, 2);
        });
        return sum(y);
      }),
    )({ x: zeros([2, 3]) });
    expect(seen).toEqual([[3]]);
    expect(values(doubled.x)).toEqual([2, 2, 2, 2, 2, 2]);
  });
});
