// Reverse mode on functions whose derivative is known, and what it refuses.
import { beforeAll, describe, expect, test } from 'vitest';
import * as g from '../../../src/autodiff/index.ts';
import { InputError, ShapeError } from '../../../src/base/errors.ts';
import { referenceKernels } from '../../../src/kernels/reference/index.ts';

beforeAll(() => g.useKernels(referenceKernels()));

type X = { x: g.Tensor };
type XY = { x: g.Tensor; y: g.Tensor };

const values = (x: g.Tensor): number[] => Array.from(x.readSync());

describe('gradients', () => {
  test('per parameter group', () => {
    const { x, y } = g.grad(({ x, y }: XY) => g.sum(g.mul(x, g.mul(x, y))))({
      x: g.tensor([1, 2]),
      y: g.tensor([3, 4]),
    });
    expect(values(x)).toEqual([6, 16]);
    expect(values(y)).toEqual([1, 4]);
  });

  test('come with the value', () => {
    const { value, gradient } = g.valueAndGrad(({ x }: X) => g.mul(x, x))({ x: g.tensor(3) });
    expect([value.item(), gradient.x.item()]).toEqual([9, 6]);
  });

  test('are zero where nothing flows, in the shape and type of the parameter', () => {
    const { y } = g.grad(({ x }: XY) => g.sum(x))({ x: g.tensor([1]), y: g.zeros([2, 0, 3], 'f32') });
    expect([y.dtype, y.shape, y.size]).toEqual(['f32', [2, 0, 3], 0]);
    const constant = g.grad((_: X) => g.tensor(5))({ x: g.tensor([1, 2]) });
    expect(values(constant.x)).toEqual([0, 0]);
  });

  test('of a parameter that is handed through are the cotangent, in memory of their own', () => {
    const c = g.tensor([5, 7]);
    const { pullback } = g.vjp(({ x }: X) => x, { x: g.tensor([1, 2]) });
    const { label } = pullback({ label: c });
    c.dispose();
    expect(values(label.x)).toEqual([5, 7]);
  });

  test('of two groups that are one tensor are apart', () => {
    const same = g.tensor(3);
    const { x, y } = g.grad(({ x, y }: XY) => g.mul(x, g.mul(y, y)))({ x: same, y: same });
    expect([x.item(), y.item()]).toEqual([9, 18]);
    x.dispose();
    expect(y.item()).toBe(18);
  });

  test('of add are two tensors, though the rule hands one cotangent through twice', () => {
    const { x, y } = g.grad(({ x, y }: XY) => g.sum(g.add(x, y)))({ x: g.tensor([1]), y: g.tensor([2]) });
    x.dispose();
    expect(values(y)).toEqual([1]);
  });

  test('in float32 stay there', () => {
    const { x } = g.grad(({ x }: X) => g.sum(g.mul(g.exp(x), 2)))({ x: g.tensor([0, 1], { dtype: 'f32' }) });
    expect(x.readSync()).toEqual(new Float32Array([2, 2 * Math.fround(Math.E)]));
  });

  test('leave no trace: parameters are not tracked afterwards, nor is what is computed from them', () => {
    const p = { x: g.tensor([1, 2]) };
    g.grad(({ x }: X) => g.sum(x))(p);
    expect(p.x.node).toBeUndefined();
    expect(g.exp(p.x).node).toBeUndefined();
  });

  test('reach every op once, however many paths there are', () => {
    // 2⁶⁰ paths: a walk along each would not end.
    const { x } = g.grad(({ x }: X) => {
      let y = x;
      for (let i = 0; i < 60; i++) y = g.add(y, y);
      return y;
    })({ x: g.tensor(1) });
    expect(x.item()).toBe(2 ** 60);
  });
});

test('a pullback may be called many times, with the same result to the bit', () => {
  const { pullback } = g.vjp(({ x }: X) => g.softmax(g.mul(x, g.exp(x))), { x: g.tensor([0.1, 0.2, 0.3]) });
  const c = g.tensor([0.3, -0.7, 1.1]);
  const first = values(pullback({ c }).c.x);
  for (let call = 0; call < 3; call++) expect(values(pullback({ c }).c.x)).toEqual(first);
});

describe('refuses', () => {
  const p = (): X => ({ x: g.tensor([1, 2]) });

  test('a cotangent of another shape or type, by its label', () => {
    const { pullback } = g.vjp(({ x }: X) => g.exp(x), p());
    expect(() => pullback({ sample: g.tensor([1, 2]), kl: g.tensor(1) })).toThrow(
      new ShapeError('vjp: the cotangent "kl" is f64 [], the value is f64 [2]'),
    );
    expect(() => pullback({ sample: g.ones([2], 'f32') })).toThrow(
      'vjp: the cotangent "sample" is f32 [2], the value is f64 [2]',
    );
  });

  test('the gradient of what is no scalar', () => {
    expect(() => g.grad(({ x }: X) => x)(p())).toThrow(
      new ShapeError('grad: the function must return a scalar [], found shape [2]'),
    );
  });

  test('parameters that hold indices', () => {
    expect(() => g.grad(({ x }: X) => g.sum(x))({ x: g.indices([1]) })).toThrow(
      new InputError('vjp: parameter "x" must be f32 or f64, found i32'),
    );
  });

  test.each([undefined, null, 3, 'text', [1], { x: 3 }])('a function that returns %j', (result) => {
    const wrong = (() => result) as unknown as (q: X) => g.Tensor;
    expect(() => g.vjp(wrong, p())).toThrow(new InputError('vjp: the function must return a tensor'));
    expect(() => g.jvp(wrong, p(), p())).toThrow(new InputError('jvp: the function must return a tensor'));
  });

  test('a record where one tensor is asked for', () => {
    const wrong = ((q: X) => q) as unknown as (q: X) => g.Tensor;
    expect(() => g.vjp(wrong, p())).toThrow(new InputError('vjp: the function must return a tensor'));
  });

  test('tangents that do not fit their parameters, by name', () => {
    expect(() => g.jvp(({ x }: X) => x, p(), { x: g.tensor(1) })).toThrow(
      new ShapeError('jvp: the tangent of parameter "x" is f64 [], parameter "x" is f64 [2]'),
    );
    expect(() => g.jvp(({ x }: X) => x, p(), {} as X)).toThrow(
      new InputError('jvp: there is no tangent of parameter "x"'),
    );
  });
});

describe('forward mode', () => {
  test('gives value and tangent', () => {
    const { value, tangent } = g.jvp(
      ({ x, y }: XY) => g.mul(x, y),
      { x: g.tensor([1, 2]), y: g.tensor([3, 4]) },
      { x: g.tensor([1, 0]), y: g.tensor([10, 100]) },
    );
    expect([values(value), values(tangent)]).toEqual([
      [3, 8],
      [13, 200],
    ]);
  });

  test('of a record of tensors gives a record of tangents; a constant has tangent 0', () => {
    const v = g.tensor([1, 10]);
    const { tangent } = g.jvp(
      ({ x }: X) => ({ square: g.mul(x, x), same: x, constant: g.tensor([[7]]) }),
      { x: g.tensor([3, 4]) },
      { x: v },
    );
    v.dispose();
    expect(Object.values(tangent).map(values)).toEqual([[6, 80], [1, 10], [0]]);
    expect(tangent.constant.shape).toEqual([1, 1]);
  });
});
