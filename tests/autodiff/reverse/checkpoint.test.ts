// A checkpointed block: the same derivatives of every order, less memory, and no silent loss of a gradient.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { gradcheck, gradGradcheck } from '../../../src/autodiff/checks/gradcheck.ts';
import {
  add,
  checkpoint,
  exp,
  full,
  grad,
  jvp,
  matmul,
  memory,
  mul,
  onCotangent,
  scope,
  sum,
  type Tensor,
  tanh,
  tensor,
  useKernels,
  vjp,
} from '../../../src/autodiff/index.ts';
import { randomStream } from '../../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';
import { referenceKernels } from '../../../src/kernels/reference/index.ts';
import { normal } from '../../../src/ops/examples.ts';
import { hessianRoutes } from '../forward/hessianRoutes.ts';

type P = { x: Tensor; w: Tensor };

beforeAll(() => useKernels(loadWasmKernelsSync()));

function block({ x, w }: P): Tensor {
  return add(x, tanh(matmul(tanh(matmul(x, w)), w)));
}

/** Three blocks with one matrix. */
function chain(step: (p: P) => Tensor): (p: P) => Tensor {
  return ({ x, w }) => {
    let y = x;
    for (let i = 0; i < 3; i++) y = step({ x: y, w });
    return sum(mul(y, y));
  };
}

const random = randomStream(2, 'checkpoint');
const parameters = (): P => ({ x: normal(random, [2, 3]), w: normal(random, [3, 3]) });
const values = (p: P): number[] => Object.values(p).flatMap((x) => Array.from(x.readSync()));

/** Both sum the same terms, grouped by block or not: some hundred terms below 100. */
function expectEqualSums(found: P, expected: P): void {
  const right = values(expected);
  values(found).forEach((value, i) => {
    expect(Math.abs(value - right[i]!)).toBeLessThanOrEqual(1e4 * Number.EPSILON);
  });
}

describe('derivatives', () => {
  test('first ones are the same, in both modes', () => {
    const [p, v] = [parameters(), parameters()];
    expectEqualSums(grad(chain(checkpoint(block)))(p), grad(chain(block))(p));
    const plain = jvp(chain(block), p, v);
    const again = jvp(chain(checkpoint(block)), p, v);
    expect([again.value.item(), again.tangent.item()]).toEqual([plain.value.item(), plain.tangent.item()]);
  });

  test('every label gets what it gets without', () => {
    const p = parameters();
    const gradients = [block, checkpoint(block)].map((step) => {
      const { value, pullback } = vjp(step, p);
      const [one, two] = [1, -3].map((k) =>
        tensor(new Float64Array(value.size).fill(k), { shape: value.shape }),
      );
      const { a, b } = pullback({ a: one!, b: two! });
      return [...values(a), ...values(b)];
    });
    expect(gradients[1]).toEqual(gradients[0]);
  });

  test('all labels go through one second run, and hooks in it know them by name', () => {
    scope(() => {
      let runs = 0;
      const seen: string[] = [];
      const step = checkpoint((p: P) => {
        runs++;
        return onCotangent(block(p), (_, label) => {
          seen.push(label);
          return undefined;
        });
      });
      const p = parameters();
      const { value, pullback } = vjp((q: P) => step(q), p);
      // Labels that meet, and labels that do not.
      pullback({ a: full(value.shape, 1), b: full(value.shape, 2) });
      expect([runs, seen]).toEqual([2, ['a', 'b']]);
    });
  });

  test('second ones agree with differences, and all four routes with each other', () => {
    const p = { x: normal(random, [1, 2]), w: normal(random, [2, 2]) };
    const f = chain(checkpoint(block));
    expect(gradcheck(f, p)).toMatchObject({ holds: true });
    expect(gradGradcheck(f, p)).toMatchObject({ holds: true });
    const v = { x: normal(random, [1, 2]), w: normal(random, [2, 2]) };
    const expected = values(hessianRoutes['forward over reverse']!(chain(block), p, v));
    for (const route of Object.values(hessianRoutes)) {
      values(route(f, p, v)).forEach((value, i) => {
        // Some hundred operations on numbers below 10⁴.
        expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e6 * Number.EPSILON);
      });
    }
  });

  test('blocks may be nested, and inputs unused or without a derivative', () => {
    const p = parameters();
    const outer = checkpoint(({ x, w }: P) => checkpoint(block)({ x: checkpoint(block)({ x, w }), w }));
    const plain = ({ x, w }: P): Tensor => block({ x: block({ x, w }), w });
    expectEqualSums(grad((q: P) => sum(outer(q)))(p), grad((q: P) => sum(plain(q)))(p));
    const onlyX = checkpoint(({ x }: P) => sum(exp(x)));
    expect(Array.from(grad(onlyX)(p).w.readSync())).toEqual(new Array(9).fill(0));
    const constant = tensor([3, 4, 5]);
    const part = grad(({ x }: { x: Tensor }) => checkpoint((q: P) => sum(mul(q.x, q.w)))({ x, w: constant }));
    expect(Array.from(part({ x: tensor([1, 1, 1]) }).x.readSync())).toEqual([3, 4, 5]);
    // A block that hands its argument through.
    const same = grad(({ x }: { x: Tensor }) => sum(checkpoint((q: { x: Tensor }) => q.x)({ x })));
    expect(Array.from(same({ x: tensor([1, 2]) }).x.readSync())).toEqual([1, 1]);
  });

  test('outside every transform it is the function', () => {
    const p = parameters();
    expect(Array.from(checkpoint(block)(p).readSync())).toEqual(Array.from(block(p).readSync()));
  });

  test('a tracked tensor that is no argument is refused instead of losing its gradient', () => {
    const p = parameters();
    const f = grad(({ x, w }: P) => sum(checkpoint((q: { x: Tensor }) => matmul(q.x, w))({ x })));
    expect(() => f(p)).toThrow(
      'checkpoint: the function depends on a tensor made by matmul outside; pass it as an argument',
    );
    expect(() => checkpoint(() => 3 as unknown as Tensor)(p)).toThrow(
      'checkpoint: the function must return a tensor',
    );
  });
});

describe('memory', () => {
  beforeEach(() => useKernels(referenceKernels()));

  test('the peak of a step is smaller, and everything is given back', () => {
    const deep = (step: (p: P) => Tensor) => (p: P) => {
      let y = p.x;
      for (let i = 0; i < 20; i++) y = step({ x: y, w: p.w });
      return sum(y);
    };
    // Ten steps inside a block.
    const wide = ({ x, w }: P): Tensor => {
      let y = x;
      for (let i = 0; i < 10; i++) y = tanh(matmul(y, w));
      return y;
    };
    const peaks = [wide, checkpoint(wide)].map((step) => {
      useKernels(referenceKernels());
      const p = { x: normal(random, [50, 4]), w: normal(random, [4, 4]) };
      const before = memory();
      scope(() => {
        grad(deep(step))(p);
      });
      expect(memory().buffers).toBe(before.buffers);
      return memory().peak - before.live;
    }) as [number, number];
    // 20 blocks of 20 tensors each, against 20 outputs and the 20 tensors of one block, and the cotangents beside them.
    expect(peaks[1]).toBeLessThan(peaks[0] / 5);
  });
});
