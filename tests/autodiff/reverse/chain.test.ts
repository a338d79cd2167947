// Depth does not matter: every walk over the graph is a loop.
import { beforeAll, expect, test } from 'vitest';
import { grad, hvp, jvp, mul, scope, type Tensor, tensor, useKernels } from '../../../src/autodiff/index.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';
import { sized } from '../../full.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const FACTOR = 1 + 1e-6;

/** x·FACTOR·FACTOR·… */
function chain(length: number): (p: { x: Tensor }) => Tensor {
  return ({ x }) => {
    const factor = tensor(FACTOR);
    let y = x;
    for (let i = 0; i < length; i++) y = mul(y, factor);
    return y;
  };
}

/** The derivative is FACTOR^length; `length` roundings, each at most ε/2 (pow itself is exact to far less). */
function expectDerivative(found: number, length: number): void {
  const expected = FACTOR ** length;
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(length * Number.EPSILON * expected);
}

// More than the engine's stack holds, and more than a call takes as arguments.
const LENGTH = sized(200_000, 1_000_000);

test(`a chain of ${LENGTH} ops, forward pass and backward pass`, () => {
  scope(() => {
    expectDerivative(grad(chain(LENGTH))({ x: tensor(1) }).x.item(), LENGTH);
  });
});

test('a chain of 10⁵ ops in forward mode, and its Hessian of zeros', () => {
  scope(() => {
    const { value, tangent } = jvp(chain(100_000), { x: tensor(1) }, { x: tensor(1) });
    expectDerivative(tangent.item(), 100_000);
    expect(value.item()).toBe(tangent.item());
    expect(hvp(chain(100_000), { x: tensor(1) }, { x: tensor(1) }).x.item()).toBe(0);
  });
});
