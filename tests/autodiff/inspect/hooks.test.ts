// Hooks read and replace cotangents at named nodes.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  checkpoint,
  exp,
  grad,
  hvp,
  memory,
  mul,
  named,
  onCotangent,
  reshape,
  scope,
  sum,
  type Tensor,
  tensor,
  useKernels,
  vjp,
  zeros,
} from '../../../src/autodiff/index.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

type P = { x: Tensor };
const at = (...values: number[]): P => ({ x: tensor(values) });

describe('reading', () => {
  test('sees the finished cotangent, per label', () => {
    const seen: Record<string, number[]> = {};
    const { value, pullback } = vjp(
      ({ x }: P) => {
        const h = onCotangent(named(exp(x), 'hidden'), (cotangent, label) => {
          seen[label] = Array.from(cotangent.readSync());
          return undefined;
        });
        // Two uses: the cotangent is 3 + 2h.
        return sum(mul(h, 3)) && sum(mul(h, mul(h, 1)));
      },
      at(0, Math.log(2)),
    );
    expect(value.item()).toBeCloseTo(5, 12);
    pullback({ sample: tensor(1), decision: tensor(-2) });
    expect(Object.keys(seen)).toEqual(['sample', 'decision']);
    expect(seen.sample).toEqual([2, 2 * Math.exp(Math.log(2))]);
    expect(seen.decision).toEqual(seen.sample!.map((v) => -2 * v));
  });

  test('works on a parameter itself', () => {
    let seen: number[] = [];
    const f = ({ x }: P): Tensor => {
      onCotangent(x, (cotangent) => {
        seen = Array.from(cotangent.readSync());
        return undefined;
      });
      return sum(mul(x, x));
    };
    expect(Array.from(grad(f)(at(3)).x.readSync())).toEqual([6]);
    expect(seen).toEqual([6]);
  });

  test('nothing is called outside a transform, or where nothing flows', () => {
    let calls = 0;
    const count = (): undefined => {
      calls++;
      return undefined;
    };
    const x = onCotangent(named(tensor([1]), 'alone'), count);
    expect(x.readSync()[0]).toBe(1);
    grad(({ x: inner }: P) => {
      onCotangent(named(mul(inner, 3), 'unused'), count);
      return sum(mul(inner, 2));
    })(at(1));
    expect(calls).toBe(0);
  });
});

describe('replacing', () => {
  test('what a hook returns flows on; hooks run in order', () => {
    const f = ({ x }: P): Tensor => {
      const h = named(mul(x, 2), 'h');
      onCotangent(h, (c) => mul(c, 10));
      onCotangent(h, (c) => mul(c, c));
      return sum(h);
    };
    expect(Array.from(grad(f)(at(1, 2)).x.readSync())).toEqual([200, 200]);
    // Clipping at a parameter.
    const g = ({ x }: P): Tensor =>
      sum(
        mul(
          onCotangent(x, (c) => zeros(c.shape)),
          2,
        ),
      );
    expect(Array.from(grad(g)(at(1)).x.readSync())).toEqual([0]);
  });

  test('a replacement may be a tensor of the caller, and stays his', () => {
    const mine = tensor([7]);
    const f = ({ x }: P): Tensor => sum(onCotangent(named(exp(x), 'h'), () => mine));
    expect(grad(f)(at(0)).x.readSync()[0]).toBe(7);
    expect(mine.item()).toBe(7);
  });

  test('second derivatives see the replacement', () => {
    // Cotangent of h = x² doubled: "gradient" 2·2x, whose derivative is 4.
    const f = ({ x }: P): Tensor => sum(onCotangent(named(mul(x, x), 'h'), (c) => mul(c, 2)));
    expect(hvp(f, at(3), at(1)).x.readSync()[0]).toBe(4);
  });

  test('inside a checkpointed block too', () => {
    let calls = 0;
    const block = checkpoint(({ x }: P) =>
      onCotangent(named(mul(x, x), 'h'), (c) => {
        calls++;
        return mul(c, 2);
      }),
    );
    expect(grad(({ x }: P) => sum(block({ x })))(at(3)).x.readSync()[0]).toBe(12);
    expect(calls).toBe(1);
  });

  test('a wrong shape is refused by name', () => {
    const f = ({ x }: P): Tensor => sum(onCotangent(named(x, 'h'), (c) => reshape(c, [1, 2])));
    expect(() => grad(f)(at(1, 2))).toThrow(
      'onCotangent: what the hook of h returned is f64 [1, 2], the cotangent is f64 [2]',
    );
  });

  test('leaves no memory behind', () => {
    const p = at(1, 2);
    const { buffers } = memory();
    scope(() => {
      grad(({ x }: P) => sum(onCotangent(named(exp(x), 'h'), (c) => mul(mul(c, 2), 3))))(p);
    });
    expect(memory().buffers).toBe(buffers);
  });
});
