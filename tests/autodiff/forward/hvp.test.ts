// Hessian times vector: both routes, closed forms, symmetry, and central differences of the gradient.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { centralDifference, stepAt } from '../../../src/autodiff/checks/differences.ts';
import { roundingError } from '../../../src/autodiff/checks/rounding.ts';
import { innerProductOfGroups } from '../../../src/autodiff/forward/innerProduct.ts';
import {
  add,
  grad,
  hvp,
  hvpReverse,
  matmul,
  mul,
  reshape,
  scope,
  sum,
  type Tensor,
  tensor,
  useKernels,
} from '../../../src/autodiff/index.ts';
import { mapGroups } from '../../../src/autodiff/trace/parameters.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';
import {
  type Groups,
  groupsOf,
  type Program,
  prefixed,
  realVector,
  smoothPrograms,
  tensors,
  unprefixed,
} from '../programs.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

test('of ½·xᵀAx it is ½(A + Aᵀ)v, by both routes', () => {
  const a = tensor([
    [2, 6, 0],
    [4, 8, 2],
    [2, 0, 4],
  ]);
  const f = ({ x }: { x: Tensor }): Tensor =>
    mul(sum(mul(reshape(matmul(a, reshape(x, [3, 1])), [3]), x)), 0.5);
  const p = { x: tensor([5, 7, 9]) };
  const v = { x: tensor([1, 2, 3]) };
  for (const route of [hvp, hvpReverse]) {
    expect(Array.from(route(f, p, v).x.readSync())).toEqual([15, 24, 15]);
  }
});

test('mixed derivatives cross the groups', () => {
  const f = ({ x, y }: { x: Tensor; y: Tensor }): Tensor => sum(mul(mul(x, x), y));
  const p = { x: tensor([3]), y: tensor([5]) };
  for (const route of [hvp, hvpReverse]) {
    const { x, y } = route(f, p, { x: tensor([1]), y: tensor([10]) });
    // [2y, 2x; 2x, 0]·[1, 10]
    expect([x.item(), y.item()]).toEqual([70, 6]);
  }
});

test('a group that f does not use, and a linear f, have zeros', () => {
  const f = ({ x }: { x: Tensor; y: Tensor }): Tensor => sum(x);
  const p = { x: tensor([3]), y: tensor([5, 6]) };
  for (const route of [hvp, hvpReverse]) {
    const { x, y } = route(f, p, p);
    expect([Array.from(x.readSync()), Array.from(y.readSync())]).toEqual([[0], [0, 0]]);
  }
});

type Pick = (all: Groups) => Groups;
type Pickers = [p: Pick, u: Pick, v: Pick];

/** A program as a scalar function. */
function scalar(program: Program): (p: Groups) => Tensor {
  return (p) => {
    const y = program(p);
    return mul(sum(mul(y, y)), 0.5);
  };
}

test('on random functions the routes agree, with each other, their transpose, and differences', () => {
  const property = fc.property(
    smoothPrograms,
    groupsOf(realVector),
    groupsOf(realVector),
    groupsOf(realVector),
    (program, groups, first, second) =>
      scope(() => {
        const f = scalar(program);
        // All as functions of p, u and v together, for the error analysis; |p|, |u|, |v| ≤ 1.002.
        const all = {
          ...prefixed('p', tensors(groups)),
          ...prefixed('u', tensors(first)),
          ...prefixed('v', tensors(second)),
        };
        const [p, u, v] = ['p', 'u', 'v'].map((prefix) => (q: Groups) => unprefixed(prefix, q)) as Pickers;
        const forward = (q: Groups): Tensor => innerProductOfGroups(hvp(f, p(q), v(q)), u(q));
        const reverse = (q: Groups): Tensor => innerProductOfGroups(hvpReverse(f, p(q), v(q)), u(q));
        const transposed = (q: Groups): Tensor => innerProductOfGroups(hvp(f, p(q), u(q)), v(q));
        const slope = (q: Groups): Tensor => innerProductOfGroups(grad(f)(p(q)), u(q));
        const rounding = (g: (q: Groups) => Tensor, q = all): number => roundingError(g, q, tensor(1));

        const expected = forward(all).item();
        for (const other of [reverse, transposed]) {
          const tolerance = rounding(forward) + rounding(other);
          expect(Math.abs(other(all).item() - expected)).toBeLessThanOrEqual(tolerance);
        }
        // p moved along v.
        const moved = (s: number): Groups => ({
          ...all,
          ...prefixed(
            'p',
            mapGroups(p(all), (x, key) => add(x, mul(v(all)[key]!, s))),
          ),
        });
        const spread = (s: number): number => slope(moved(s)).item() - slope(moved(-s)).item();
        // The moved parameters are rounded twice, hence the factor 2; the bound is taken at both ends of the step, since
        // intermediate values may be 0 at one.
        const h = stepAt(1);
        const roundingAlong = 2 * (rounding(slope, moved(h)) + rounding(slope, moved(-h)));
        const { derivative, tolerance } = centralDifference(spread, h, roundingAlong);
        expect(Math.abs(derivative - expected)).toBeLessThanOrEqual(tolerance + rounding(forward));
      }),
  );
  fc.assert(property, { numRuns: 60, seed: 5 });
});
