// What leaves the range of the type, or is no number, leaves a trace: in values, on the way back and on the way forward.
import { beforeAll, describe, expect, test } from 'vitest';
import * as g from '../../src/autodiff/index.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';

beforeAll(() => g.useKernels(referenceKernels()));

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** The cotangents of the inputs for the cotangents `along` of the result. */
function derivatives(
  f: (...x: g.Tensor[]) => g.Tensor,
  inputs: readonly (readonly number[])[],
  along: readonly number[],
  dtype: g.FloatType = 'f64',
): number[][] {
  return g.scope(() => {
    const named = Object.fromEntries(inputs.map((x, i) => [`x${i}`, g.tensor(x, { dtype })]));
    const call = (p: Record<string, g.Tensor>): g.Tensor => f(...inputs.map((_, i) => p[`x${i}`]!));
    const weighted = g.grad((p: Record<string, g.Tensor>) => {
      const weights = g.tensor(along, { dtype });
      return g.sum(g.mul(call(p), weights));
    })(named);
    return inputs.map((_, i) => Array.from(weighted[`x${i}`]!.readSync()));
  });
}

describe('a NaN does not vanish from the way back', () => {
  test.each([
    ['maximum', g.maximum],
    ['minimum', g.minimum],
  ] as const)('%s passes the cotangent to both operands', (_, f) => {
    expect(
      derivatives(
        f as (...x: g.Tensor[]) => g.Tensor,
        [
          [nan, 1, nan],
          [1, nan, nan],
        ],
        [3, 5, 7],
      ),
    ).toEqual([
      [3, 5, 7],
      [3, 5, 7],
    ]);
  });

  test('clamp passes it', () => {
    expect(derivatives((x) => g.clamp(x!, -1, 1), [[nan, 0, 2]], [3, 5, 7])).toEqual([[3, 5, 0]]);
  });

  test.each([
    ['max', g.max],
    ['min', g.min],
  ] as const)('%s passes it to the NaNs, in equal parts', (_, f) => {
    const found = g.scope(() =>
      Array.from(
        g
          .grad(({ x }: { x: g.Tensor }) => g.sum(f(x, 1)))({
            x: g.tensor([
              [nan, 1, nan, 4],
              [1, 2, 2, 1],
            ]),
          })
          .x.readSync(),
      ),
    );
    expect(found.slice(0, 4)).toEqual([0.5, 0, 0.5, 0]);
    expect(found.slice(4)).toEqual(f === g.max ? [0, 0.5, 0.5, 0] : [0.5, 0, 0, 0.5]);
  });

  test('what is not chosen stays out, infinities included', () => {
    expect(
      derivatives(
        g.maximum as (...x: g.Tensor[]) => g.Tensor,
        [
          [1, 2],
          [2, 1],
        ],
        [inf, inf],
      ),
    ).toEqual([
      [0, inf],
      [inf, 0],
    ]);
  });

  test('forward too', () => {
    const tangent = g.scope(() => {
      const x = g.tensor([nan, 1]);
      return Array.from(
        g
          .jvp(({ at }: { at: g.Tensor }) => g.maximum(at, 0), { at: x }, { at: g.tensor([2, 2]) })
          .tangent.readSync(),
      );
    });
    expect(tangent).toEqual([2, 2]);
  });
});

describe('div at the ends of f32', () => {
  const div = g.div as (...x: g.Tensor[]) => g.Tensor;
  test('1e20/1e20 with ȳ = 1e20: −ȳ·x/y² is −1', () => {
    const [, y] = derivatives(div, [[1e20], [1e20]], [1e20], 'f32');
    expect(y).toEqual([-1]);
  });

  test('the stated limit: ȳ·(x/y) overflows', () => {
    const [, y] = derivatives(div, [[1e30], [1e15]], [1e30], 'f32');
    expect(y).toEqual([-inf]);
  });
});
