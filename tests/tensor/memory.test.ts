// memory(): what is asked of the kernels in use, and that thousands of training steps leave nothing behind.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  add,
  checkpoint,
  crossEntropy,
  embedding,
  gelu,
  layerNorm,
  matmul,
  mean,
  memory,
  mul,
  named,
  onCotangent,
  type Parameters,
  perTrajectory,
  reshape,
  scope,
  sum,
  type Tensor,
  tensor,
  useKernels,
  vjp,
} from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { normal } from '../../src/ops/examples.ts';

beforeEach(() => useKernels(loadWasmKernelsSync()));

test('live, peak and buffers', () => {
  const x = tensor([1, 2, 3]);
  expect(memory()).toMatchObject({ live: 24, peak: 24, buffers: 1 });
  scope(() => {
    add(x, x);
  });
  expect(memory()).toMatchObject({ live: 24, peak: 48, buffers: 1 });
  x.dispose();
  expect(memory()).toMatchObject({ live: 0, peak: 48, buffers: 0 });
});

describe('10 000 steps', () => {
  const random = randomStream(1, 'leaks');

  function network(p: Parameters, { ids, next }: Parameters): Tensor {
    const block = checkpoint((q: Parameters) => add(q.x!, gelu(matmul(q.x!, q.w!))));
    const h = onCotangent(named(embedding(p.table!, ids!), 'embedding'), (c) => mul(c, 1));
    const normed = layerNorm(block({ x: h, w: p.w! }), p.gamma!, p.beta!);
    return crossEntropy(matmul(normed, p.head!), next!);
  }

  /** New parameters after one step; the old ones are freed by the caller. */
  function stepped(p: Parameters, x: Parameters): Parameters {
    return scope(() => {
      const { pullback } = vjp((q: Parameters) => mean(network(q, x)), p);
      const { sample, decision } = pullback({ sample: tensor(-0.01), decision: tensor(0.001) });
      const update = (key: string): Tensor => add(p[key]!, add(sample[key]!, decision[key]!));
      return Object.fromEntries(Object.keys(p).map((key) => [key, update(key)]));
    });
  }

  test('of training leave no buffer, no byte, and reserve nothing after the first', () => {
    let p: Parameters = {
      table: normal(random, [3, 2]),
      w: normal(random, [2, 2]),
      gamma: normal(random, [2]),
      beta: normal(random, [2]),
      head: normal(random, [2, 3]),
    };
    const examples = { ids: tensor([0, 2], { dtype: 'i32' }), next: tensor([1, 1], { dtype: 'i32' }) };
    const before = memory();
    let afterFirst = before;
    for (let step = 0; step < 10_000; step++) {
      const old = p;
      p = stepped(old, examples);
      for (const x of Object.values(old)) x.dispose();
      if (step === 0) afterFirst = memory();
    }
    expect(memory()).toMatchObject({ live: before.live, buffers: before.buffers });
    expect(memory()).toEqual(afterFirst);
    scope(() => {
      const apart = { ids: reshape(examples.ids, [2, 1]), next: reshape(examples.next, [2, 1]) };
      perTrajectory((q: Parameters, x: Parameters) => sum(network(q, x)), p, apart);
    });
    expect(memory()).toMatchObject({ live: before.live, buffers: before.buffers });
    // It learned what comes next.
    expect(mean(network(p, examples)).item()).toBeLessThan(0.1);
  });

  test('steps that keep a tensor each are noticed by the same numbers', () => {
    const { buffers, live } = memory();
    for (let step = 0; step < 3; step++) {
      scope(() => {
        const x = tensor([step, step]);
        // A user that never lets go.
        x.storage.retain();
      });
    }
    expect(memory()).toMatchObject({ buffers: buffers + 3, live: live + 3 * 16 });
  });
});
