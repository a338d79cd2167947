// The checker itself: it passes what is right, finds what is slightly wrong, and derives its tolerance.
import { beforeAll, describe, expect, test } from 'vitest';
import { centralDifference, stepAt } from '../../../src/autodiff/checks/differences.ts';
import { gradcheck, gradGradcheck } from '../../../src/autodiff/checks/gradcheck.ts';
import { roundingError } from '../../../src/autodiff/checks/rounding.ts';
import {
  add,
  exp,
  log,
  logSoftmax,
  mul,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
  useKernels,
  where,
} from '../../../src/autodiff/index.ts';
import { apply } from '../../../src/autodiff/trace/apply.ts';
import type { NoAttributes, Op } from '../../../src/autodiff/trace/op.ts';
import { InputError } from '../../../src/base/errors.ts';
import { referenceKernels } from '../../../src/kernels/reference/index.ts';

beforeAll(() => useKernels(referenceKernels()));

type X = { x: Tensor };

/** x² with rules that are off by the given factors. */
function squareOp(vjpFactor: number, jvpFactor: number): Op<NoAttributes> {
  return {
    name: 'square',
    output: ([x]) => x!,
    forward: (kernels, [x], _, out) => kernels.binary('mul', x!.buffer, x!.buffer, out.buffer),
    vjp: ({ inputs }, cotangent) => mul(mul(cotangent, inputs[0]!), 2 * vjpFactor),
    jvp: ({ inputs }, tangent) => mul(mul(tangent, inputs[0]!), 2 * jvpFactor),
    example: () => ({ inputs: [tensor(1)], call: (x) => x! }),
  };
}

function square(vjpFactor: number, jvpFactor: number): (x: Tensor) => Tensor {
  const op = squareOp(vjpFactor, jvpFactor);
  return (x) => apply(op, [x], {});
}

describe('gradcheck', () => {
  const p = (): X => ({ x: tensor([0.3, -1.2, 2.5]) });

  test('holds for right rules', () => {
    const f = square(1, 1);
    expect(gradcheck(({ x }: X) => f(x), p())).toMatchObject({ holds: true });
    expect(gradGradcheck(({ x }: X) => f(x), p())).toMatchObject({ holds: true });
  });

  // Differences of x² near 1 are exact to about ε/h ≈ 4·10⁻¹¹, times a bound on the number of roundings.
  test.each([1 + 1e-7, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'finds a vjp off by the factor %d',
    (factor) => {
      const f = square(factor, 1);
      const result = gradcheck(({ x }: X) => f(x), p());
      expect(result).toMatchObject({ holds: false });
      expect(result.where).toMatch(/^vjp: parameter "x"\[[012]\]$/);
      expect(result.bound).toContain('central differences');
    },
  );

  test('finds a jvp off by a factor', () => {
    const f = square(1, 1 + 1e-7);
    expect(gradcheck(({ x }: X) => f(x), p())).toMatchObject({
      holds: false,
      where: 'jvp along a random direction',
    });
  });

  test('second derivatives find a rule that is right but hides that it depends on the input', () => {
    const hiding: Op<NoAttributes> = {
      ...squareOp(1, 1),
      vjp: ({ inputs }, cotangent) => mul(mul(cotangent, stopGradient(inputs[0]!)), 2),
    };
    const f = ({ x }: X): Tensor => apply(hiding, [x], {});
    expect(gradcheck(f, p())).toMatchObject({ holds: true });
    const { holds, where } = gradGradcheck(f, p());
    expect(holds).toBe(false);
    expect(where).toContain('over reverse mode');
  });

  test('keeps a sharp tolerance under exponentials, cancellation and large offsets', () => {
    const f = ({ x }: X): Tensor => sub(add(exp(x), 1e8), 1e8);
    const { holds, tolerance } = gradcheck(f, p());
    expect(holds).toBe(true);
    // 1e8·ε/h ≈ 4·10⁻³ per rounding: the tolerance follows what the offset costs, and says so.
    expect(tolerance).toBeGreaterThan(1e-3);
    expect(gradcheck(({ x }: X) => exp(x), p()).tolerance).toBeLessThan(1e-7);
  });

  test('takes functions with infinite constants: masked logits', () => {
    const mask = tensor([1, 0, 1]);
    const f = ({ x }: X): Tensor => logSoftmax(where(mask, x, Number.NEGATIVE_INFINITY));
    const allowed = ({ x }: X): Tensor => where(mask, f({ x }), 0);
    expect(gradcheck(allowed, p())).toMatchObject({ holds: true });
  });

  test('fails where a derivative is NaN', () => {
    // where() keeps log(0) out of the value, not 0·∞ out of its derivative.
    const f = ({ x }: X): Tensor => where(tensor([0, 1]), log(x), 0);
    expect(gradcheck(f, { x: tensor([0, 1]) })).toMatchObject({ holds: false });
  });

  test('has nothing to say about functions without parameters or elements', () => {
    expect(gradcheck(() => tensor([1, 2]), {}).holds).toBe(true);
    expect(gradcheck(({ x }: X) => exp(x), { x: tensor([]) }).holds).toBe(true);
  });

  test('wants float64', () => {
    expect(() => gradcheck(({ x }: X) => x, { x: tensor([1], { dtype: 'f32' }) })).toThrow(
      new InputError('gradcheck: parameter "x" must be f64, found f32'),
    );
    expect(() => gradcheck(() => tensor([1], { dtype: 'f32' }), p())).toThrow(
      new InputError('gradcheck: the value must be f64, found f32'),
    );
  });

  test('draws another cotangent with another seed', () => {
    const f = ({ x }: X): Tensor => exp(x);
    expect(gradcheck(f, p(), { seed: 1 })).not.toEqual(gradcheck(f, p(), { seed: 2 }));
    expect(gradcheck(f, p(), { seed: 1 })).toEqual(gradcheck(f, p(), { seed: 1 }));
  });
});

describe('central differences', () => {
  test.each([
    ['sin', Math.sin, 1, Math.cos(1)],
    ['exp', Math.exp, 2, Math.exp(2)],
    ['1/x', (x: number) => 1 / x, 0.5, -4],
    ['x⁵', (x: number) => x ** 5, 3, 405],
  ] as const)('%s: the error is within the tolerance, the tolerance small', (_, f, at, expected) => {
    const spread = (s: number): number => f(at + s) - f(at - s);
    // f's own roundings, and those of at ± s carried by the slope.
    const rounding = Number.EPSILON * (2 * Math.abs(f(at)) + Math.abs(expected * at));
    const { derivative, tolerance } = centralDifference(spread, stepAt(at), rounding);
    expect(Math.abs(derivative - expected)).toBeLessThanOrEqual(tolerance);
    expect(tolerance).toBeLessThan(1e-8 * Math.abs(expected));
  });
});

test('where truncation outweighs rounding, the difference of the steps covers it', () => {
  // h⁴·f⁗′/480 ≈ 7·10⁻⁷ is left after Richardson's step; rounding is a thousandth of that.
  const f = (x: number): number => Math.sin(3000 * x);
  const at = 0.001;
  const rounding = Number.EPSILON * (Math.abs(f(at)) + 2 * 3000 * at);
  const step = stepAt(at);
  const { derivative, tolerance } = centralDifference((s) => f(at + s) - f(at - s), step, rounding);
  const error = Math.abs(derivative - 3000 * Math.cos(3000 * at));
  expect(error).toBeLessThanOrEqual(tolerance);
  expect(error).toBeGreaterThan((3 * rounding) / step);
});

test('the rounding bound is the sum it says', () => {
  const at = { x: tensor([1, 2]) };
  const c = tensor([3, -4]);
  // ε·(size·Σ|c·x| + Σ|c·x|), and for exp ε·(2·Σ|c·eˣ| + (2 + 4)·Σ|c·eˣ| + Σ|c·eˣ·x|).
  expect(roundingError(({ x }: X) => x, at, c)).toBe(Number.EPSILON * 3 * 11);
  const expected = Number.EPSILON * (8 * (3 * Math.E + 4 * Math.E ** 2) + 3 * Math.E + 8 * Math.E ** 2);
  expect(roundingError(({ x }: X) => exp(x), at, c)).toBeCloseTo(expected, 25);
});

test('the rounding bound grows with cancellation, not with the result', () => {
  const at = { x: tensor([1, 2]) };
  const one = tensor(1);
  const plain = roundingError(({ x }: X) => sum(x), at, one);
  const cancelling = roundingError(({ x }: X) => sum(sub(add(x, 1e6), 1e6)), at, one);
  expect(plain).toBeGreaterThan(3 * Number.EPSILON);
  expect(plain).toBeLessThan(100 * Number.EPSILON);
  expect(cancelling).toBeGreaterThan(1e6 * Number.EPSILON);
});
