// What scopes free, what they keep, and what they never leave behind.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  add,
  exp,
  grad,
  hvp,
  jvp,
  mul,
  reciprocal,
  scope,
  sub,
  sum,
  type Tensor,
  tensor,
  useKernels,
  vjp,
} from '../../src/autodiff/index.ts';
import type { Kernels } from '../../src/kernels/interface.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';

let kernels: Kernels;
function startAfresh(): void {
  kernels = referenceKernels();
  useKernels(kernels);
}
beforeEach(startAfresh);

const buffers = (): number => kernels.memory().buffers;

describe('results', () => {
  test('survive in nested arrays and records; all else is freed', () => {
    const result = scope(() => {
      const x = tensor([1, 2]);
      return { list: [add(x, 1), { deep: mul(x, 2) }], note: 'text', nothing: null, number: 3 };
    });
    expect(buffers()).toBe(2);
    expect((result.list[0] as Tensor).readSync()).toEqual(new Float64Array([2, 3]));
    expect((result.list[1] as { deep: Tensor }).deep.readSync()).toEqual(new Float64Array([2, 4]));
  });

  test('move to the enclosing scope, which frees them', () => {
    scope(() => {
      const inner = scope(() => tensor([1, 2]));
      expect(buffers()).toBe(1);
      expect(inner.readSync()[1]).toBe(2);
    });
    expect(buffers()).toBe(0);
  });

  test('may be circular', () => {
    const result = scope(() => {
      const self: { x: Tensor; self?: unknown } = { x: tensor(1) };
      self.self = self;
      return self;
    });
    expect(result.x.item()).toBe(1);
  });

  test('tensors made outside stay as they are', () => {
    const x = tensor([1, 2]);
    expect(scope(() => x)).toBe(x);
    scope(() => add(x, 1).readSync());
    expect(x.readSync()[0]).toBe(1);
    expect(buffers()).toBe(1);
  });

  test('a view that survives keeps the memory of what it looks at', () => {
    const view = scope(() => tensor([1, 2]).share([2, 1], 'reshape'));
    expect(view.readSync()).toEqual(new Float64Array([1, 2]));
    view.dispose();
    expect(buffers()).toBe(0);
  });

  test('dispose() inside a scope is no double free', () => {
    scope(() => tensor(1).dispose());
    expect(buffers()).toBe(0);
  });
});

describe('afterwards', () => {
  test('a tensor that was not returned names the op that made it', () => {
    let leaked: Tensor | undefined;
    scope(() => {
      leaked = exp(tensor([1, 2, 3]));
    });
    expect(() => leaked!.readSync()).toThrow('the tensor [3] made by exp was used after its scope ended');
    expect(() => add(leaked!, 1)).toThrow('made by exp was used after its scope ended');
  });

  test('a pullback whose scope has ended says so', () => {
    const p = { x: tensor([1, 2]) };
    const { value, pullback } = scope(() => vjp(({ x }) => mul(exp(x), x), p));
    expect(value.shape).toEqual([2]);
    expect(() => pullback({ all: tensor([1, 1]) })).toThrow('was used after its scope ended');
  });

  test('a kept value lets go of the graph that made it', () => {
    const p = { x: tensor(2) };
    const value = scope(() => vjp(({ x }) => mul(x, x), p).value);
    expect(value.node).toBeUndefined();
  });
});

describe('exceptions', () => {
  test('free everything and leave the scopes around in order', () => {
    scope(() => {
      const outer = tensor(1);
      expect(() =>
        scope(() => {
          scope(() => tensor(2));
          tensor([1, 2]);
          throw new Error('on purpose');
        }),
      ).toThrow('on purpose');
      expect(buffers()).toBe(1);
      expect(outer.item()).toBe(1);
      tensor(3);
      expect(buffers()).toBe(2);
    });
    expect(buffers()).toBe(0);
  });

  test('inside a differentiated function end recording', () => {
    const p = { x: tensor([1, 2]) };
    expect(() =>
      grad(({ x }: typeof p) => {
        exp(x);
        throw new Error('on purpose');
      })(p),
    ).toThrow('on purpose');
    expect(buffers()).toBe(1);
    expect(exp(p.x).node).toBeUndefined();
  });

  test('inside a rule free the cotangents on the way', () => {
    const p = { x: tensor([1, 2]) };
    expect(() =>
      scope(() => {
        const { pullback } = vjp(({ x }) => {
          const y = exp(x);
          const result = add(mul(y, y), x);
          y.dispose();
          return result;
        }, p);
        pullback({ all: tensor([1, 1]) });
      }),
    ).toThrow('the tensor [2] made by exp was used after dispose()');
    expect(buffers()).toBe(1);
  });

  test('a promise is refused: it would outlive the scope', () => {
    expect(() => scope(async () => tensor(1))).toThrow(
      'scope: the body must be synchronous, found a promise',
    );
  });
});

describe('derivatives', () => {
  const f = ({ w, x }: { w: Tensor; x: Tensor }): Tensor => sum(exp(mul(w, add(x, 1))));
  const parameters = (): { w: Tensor; x: Tensor } => ({
    w: tensor([0.1, 0.2]),
    x: tensor([
      [1, 2],
      [3, 4],
    ]),
  });

  test('give back everything but their results', () => {
    const p = parameters();
    const before = buffers();
    for (const transform of [
      () => grad(f)(p),
      () => jvp(f, p, p).tangent,
      () => hvp(f, p, p),
      () => vjp(f, p).pullback({ one: tensor(1) }).one,
    ]) {
      scope(() => {
        transform();
      });
      expect(buffers()).toBe(before);
    }
  });

  test('nothing leaks and no memory grows over 1 000 steps', () => {
    let p = parameters();
    let peak = 0;
    for (let step = 0; step < 1000; step++) {
      const old = p;
      p = scope(() => {
        const { pullback } = vjp(f, old);
        const { sample, decision } = pullback({ sample: tensor(1e-4), decision: tensor(-1e-4) });
        const updated = (key: 'w' | 'x'): Tensor => add(old[key], add(sample[key], decision[key]));
        return { w: updated('w'), x: updated('x') };
      });
      old.w.dispose();
      old.x.dispose();
      expect(buffers()).toBe(2);
      if (step === 0) peak = kernels.memory().peak;
    }
    expect(kernels.memory().peak).toBe(peak);
  });

  test('the backward pass holds only its front: its memory does not grow with the length of a chain', () => {
    const extra = (length: number): number => {
      const p = { x: tensor(new Float64Array(100)) };
      return scope(() => {
        const { value, pullback } = vjp(({ x }) => {
          let y = x;
          // Rules that make intermediate results of their own, and one that adds two contributions.
          for (let i = 0; i < length; i++) y = sub(reciprocal(add(exp(y), 2)), mul(y, y));
          return y;
        }, p);
        const cotangent = tensor(new Float64Array(value.size).fill(1));
        const { live } = kernels.memory();
        pullback({ all: cotangent });
        return kernels.memory().peak - live;
      });
    };
    const short = extra(10);
    startAfresh();
    expect(extra(200)).toBe(short);
  });

  test('a scope inside a differentiated function frees what the derivative does not need, and nothing else', () => {
    const p = parameters();
    scope(() => {
      let constant: Tensor | undefined;
      const { pullback } = vjp(
        (inner) =>
          scope(() => {
            constant = exp(tensor([1, 2]));
            return scope(() => f(inner));
          }),
        p,
      );
      expect(() => constant!.readSync()).toThrow('its scope ended');
      const { one } = pullback({ one: tensor(1) });
      expect(one.w.readSync()).toEqual(grad(f)(p).w.readSync());
    });
    expect(buffers()).toBe(2);
  });

  test('a gradient inside a differentiated function survives its own scope', () => {
    const p = { x: tensor(2) };
    const cube = ({ x }: typeof p): Tensor => mul(x, mul(x, x));
    // d/dx (d/dx x³)² = 2·3x²·6x = 36x³
    const outer = grad((inner: typeof p) =>
      scope(() => {
        const { x } = grad(cube)(inner);
        return mul(x, x);
      }),
    );
    expect(outer(p).x.item()).toBe(288);
  });
});
