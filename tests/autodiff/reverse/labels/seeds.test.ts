// What labels must not share: cotangents that an outer transform differentiates, and what a hook put in the place of one.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  add,
  exp,
  grad,
  linear,
  mul,
  named,
  onCotangent,
  ones,
  sum,
  type Tensor,
  tensor,
  useKernels,
  vjp,
} from '../../../../src/autodiff/index.ts';
import { loadWasmKernelsSync } from '../../../../src/host/loadKernels.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

type P = { x: Tensor };
const VALUES = [0.5, -1, 2, 0.25];

describe('derivatives through the cotangents of several labels', () => {
  test.each([
    ['without a row in common', [1, 1, 0, 0], [0, 0, 1, 1]],
    ['with rows in common', [1, 1, 1, 0], [0, 1, 1, 1]],
  ])('%s', (_, first, last) => {
    // Σ_i 3·J_ii·(first_i·c_i) − 5·J_ii·(last_i·c_i) with J = diag(exp x), differentiated in c.
    const through = ({ c }: { c: Tensor }): Tensor => {
      const { pullback } = vjp(({ x }: P) => exp(x), { x: tensor(VALUES) });
      const found = pullback({ first: mul(c, tensor(first)), last: mul(c, tensor(last)) });
      return sum(add(mul(found.first.x, 3), mul(found.last.x, -5)));
    };
    const gradient = grad(through)({ c: tensor([1, 2, 3, 4]) }).c.readSync();
    for (const [i, x] of VALUES.entries()) {
      expect(gradient[i]).toBeCloseTo((3 * first[i]! - 5 * last[i]!) * Math.exp(x), 12);
    }
  });
});

test('what a hook puts in the place of a cotangent may differ from zero in rows that the label did not have', () => {
  // Four rows of a linear layer, of which the first label has one: its replacement has all four.
  const rows = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
  ]);
  const own = tensor([
    [1, 1],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  const rest = tensor([
    [0, 0],
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
  const { pullback } = vjp(
    ({ w, b }: { w: Tensor; b: Tensor }) =>
      onCotangent(named(linear(rows, w, b), 'h'), (c, label) =>
        label === 'own' ? ones(c.shape) : undefined,
      ),
    {
      w: tensor([
        [1, 0],
        [0, 1],
      ]),
      b: tensor([0, 0]),
    },
  );
  const found = pullback({ own, rest });
  const { whole } = pullback({ whole: ones([4, 2]) });
  expect([...found.own.b.readSync()]).toEqual([...whole.b.readSync()]);
  expect([...found.own.w.readSync()]).toEqual([...whole.w.readSync()]);
  expect([...found.rest.b.readSync()]).toEqual([3, 3]);
});
