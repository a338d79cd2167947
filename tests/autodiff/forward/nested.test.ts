// Derivatives inside derivatives: no order of modes confuses one level's perturbation with another's.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { roundingError } from '../../../src/autodiff/checks/rounding.ts';
import { innerProductOfGroups } from '../../../src/autodiff/forward/innerProduct.ts';
import {
  add,
  exp,
  grad,
  jvp,
  mul,
  neg,
  scope,
  sign,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
  useKernels,
  vjp,
} from '../../../src/autodiff/index.ts';
import { apply } from '../../../src/autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../../../src/autodiff/trace/op.ts';
import { referenceKernels } from '../../../src/kernels/reference/index.ts';
import { registry } from '../../../src/ops/registry.ts';
import {
  type Groups,
  groupsOf,
  OUTPUT,
  prefixed,
  realVector,
  smoothPrograms,
  tensors,
  unprefixed,
} from '../programs.ts';

beforeAll(() => useKernels(referenceKernels()));

type Scalar = (x: Tensor) => Tensor;

/** f′ by either mode. */
const modes: Record<string, (f: Scalar) => Scalar> = {
  reverse: (f) => (x) => grad((p: { x: Tensor }) => f(p.x))({ x }).x,
  forward: (f) => (x) => jvp((p: { x: Tensor }) => f(p.x), { x }, { x: tensor(1) }).tangent,
};
const names = Object.keys(modes);
const pairs = names.flatMap((outer) => names.map((inner) => [outer, inner] as const));

describe.each(pairs)('%s over %s', (outerName, innerName) => {
  const outer = modes[outerName]!;
  const inner = modes[innerName]!;

  test('d/dx [x · d/dy (x + y)] = 1', () => {
    const f: Scalar = (x) => mul(x, inner((y) => add(x, y))(tensor(1)));
    expect(outer(f)(tensor(1)).item()).toBe(1);
  });

  test('d/dx [x · d/dy (x·y)] = 2x', () => {
    const f: Scalar = (x) => mul(x, inner((y) => mul(x, y))(tensor(5)));
    expect(outer(f)(tensor(3)).item()).toBe(6);
  });

  test('d/dx [d/dy (x·y²) at y = x] = 4x: the inner point moves with the outer variable', () => {
    const f: Scalar = (x) => inner((y) => mul(x, mul(y, y)))(x);
    expect(outer(f)(tensor(3)).item()).toBe(12);
  });

  test('an inner derivative of what does not depend on the inner variable is 0', () => {
    const f: Scalar = (x) => inner(() => mul(x, x))(tensor(2));
    expect(outer(f)(tensor(3)).item()).toBe(0);
  });

  test('the outer variable is a constant for the inner derivative though it was tracked before', () => {
    // x² is on the outer tape when the inner derivative is taken.
    const f: Scalar = (x) => {
      const square = mul(x, x);
      return inner((y) => add(mul(square, y), square))(x);
    };
    expect(outer(f)(tensor(3)).item()).toBe(6);
  });
});

test('x⁴ has derivatives 24x and 24 in all orders of the modes', () => {
  const fourth: Scalar = (x) => mul(mul(x, x), mul(x, x));
  for (const a of names) {
    for (const b of names) {
      for (const c of names) {
        const third = modes[a]!(modes[b]!(modes[c]!(fourth)));
        expect(third(tensor(5)).item(), `${a} ${b} ${c}`).toBe(120);
        for (const d of names) expect(modes[d]!(third)(tensor(5)).item(), `${d} ${a} ${b} ${c}`).toBe(24);
      }
    }
  }
});

test('three levels, each with a variable of its own: d/dx d/dy d/dz of x·y²·z³', () => {
  for (const [a, b] of pairs) {
    const f = modes[a]!((x) =>
      modes[b]!((y) => modes.reverse!((z) => mul(x, mul(mul(y, y), mul(z, mul(z, z)))))(tensor(2)))(
        tensor(3),
      ),
    );
    // 1 · 2y · 3z²
    expect(f(tensor(7)).item()).toBe(72);
  }
});

test('a sweep visits no op that does not depend on its own variable', () => {
  let calls = 0;
  const counted: Op<NoAttributes> = {
    ...registry.neg,
    vjp: (_, cotangent) => {
      calls++;
      return neg(cotangent);
    },
  };
  grad(({ x }: { x: Tensor }) => {
    const { y } = grad(({ y }: { y: Tensor }) => mul(y, apply(counted, [neg(x)], {})))({ y: tensor(2) });
    expect(calls).toBe(0);
    return y;
  })({ x: tensor(3) });
  expect(calls).toBe(1);
});

test('only what a running transform asks for is recorded', () => {
  grad(({ x }: { x: Tensor }) => {
    expect(exp(x).node).toBeDefined();
    expect(exp(tensor(1)).node).toBeUndefined();
    expect(stopGradient(x).node).toBeUndefined();
    expect(sign(x).node).toBeUndefined();
    // The gradient of an inner function of constants is itself a constant.
    expect(grad(({ y }: { y: Tensor }) => exp(y))({ y: tensor(2) }).y.node).toBeUndefined();
    return x;
  })({ x: tensor(3) });
});

test('a pullback can be called inside another transform, with a cotangent that depends on its variable', () => {
  // v ↦ ⟨v², ∇f⟩ with ∇f fixed: its derivative is 2v∘∇f.
  const { pullback } = vjp(({ x }: { x: Tensor }) => exp(x), { x: tensor([0, 1]) });
  const { v } = grad((p: { v: Tensor }) => sum(pullback({ c: mul(p.v, p.v) }).c.x))({ v: tensor([3, 5]) });
  expect(Array.from(v.readSync())).toEqual([6, 10 * Math.E]);
});

test('a tensor tracked by a finished transform is a constant for the next one', () => {
  let old: Tensor | undefined;
  vjp(
    ({ x }: { x: Tensor }) => {
      old = mul(x, x);
      return old;
    },
    { x: tensor(3) },
  );
  const { y } = grad(({ y }: { y: Tensor }) => mul(y, old!))({ y: tensor(2) });
  expect(y.item()).toBe(9);
  const again = jvp(({ y }: { y: Tensor }) => mul(y, old!), { y: tensor(2) }, { y: tensor(1) });
  expect(again.tangent.item()).toBe(9);
});

test('the pullback is linear in its cotangent with transpose J: differentiating it there gives the jvp', () => {
  const property = fc.property(
    smoothPrograms,
    groupsOf(realVector),
    groupsOf(realVector),
    realVector(OUTPUT),
    realVector(OUTPUT),
    (program, groups, direction, at, weights) =>
      scope(() => {
        // ⟨w, ∂/∂c ⟨pullback(c), v⟩⟩ by reverse over reverse, and ⟨w, J·v⟩ by forward mode, as functions of p, v and w.
        const twice = ({ w, ...rest }: Groups): Tensor => {
          const { c } = grad(({ c }: { c: Tensor }) =>
            innerProductOfGroups(
              vjp(program, unprefixed('p', rest)).pullback({ c }).c,
              unprefixed('v', rest),
            ),
          )({ c: tensor(at) });
          return sum(mul(c, w!));
        };
        const once = ({ w, ...rest }: Groups): Tensor =>
          sum(mul(jvp(program, unprefixed('p', rest), unprefixed('v', rest)).tangent, w!));
        const all = {
          ...prefixed('p', tensors(groups)),
          ...prefixed('v', tensors(direction)),
          w: tensor(weights),
        };
        const tolerance = [twice, once].reduce((total, f) => total + roundingError(f, all, tensor(1)), 0);
        expect(Math.abs(sub(twice(all), once(all)).item())).toBeLessThanOrEqual(tolerance);
      }),
  );
  fc.assert(property, { numRuns: 100, seed: 4 });
});
