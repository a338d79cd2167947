// Hessian times vector by all four orders of the modes, through every kind of op.
import { beforeAll, describe, expect, test } from 'vitest';
import { roundingError } from '../../../src/autodiff/checks/rounding.ts';
import { innerProductOfGroups } from '../../../src/autodiff/forward/innerProduct.ts';
import {
  crossEntropy,
  gelu,
  indices,
  layerNorm,
  matmul,
  mean,
  mul,
  softmax,
  sum,
  type Tensor,
  tensor,
  useKernels,
} from '../../../src/autodiff/index.ts';
import { randomStream } from '../../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';
import { normal } from '../../../src/ops/examples.ts';
import { type Groups, prefixed, unprefixed } from '../programs.ts';
import { hessianRoutes } from './hessianRoutes.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

function network({ x, w, gamma, beta }: Groups): Tensor {
  const hidden = gelu(matmul(layerNorm(x!, gamma!, beta!, 0.1), w!));
  return mean(crossEntropy(matmul(softmax(hidden), w!), indices([2, 0])));
}

describe('the four routes', () => {
  test('agree on a network of fused ops', () => {
    const random = randomStream(3, 'routes');
    const groups = (): Groups => ({
      x: normal(random, [2, 3]),
      w: normal(random, [3, 3]),
      gamma: normal(random, [3]),
      beta: normal(random, [3]),
    });
    const all = { ...prefixed('p', groups()), ...prefixed('v', groups()), ...prefixed('u', groups()) };
    const contracted = Object.values(hessianRoutes)
      .slice(0, 3)
      .map(
        (route) => (q: Groups) =>
          innerProductOfGroups(route(network, unprefixed('p', q), unprefixed('v', q)), unprefixed('u', q)),
      );
    const expected = contracted[0]!(all).item();
    const tolerance = contracted.map((f) => roundingError(f, all, tensor(1)));
    contracted.forEach((f, i) => {
      expect(Math.abs(f(all).item() - expected)).toBeLessThanOrEqual(tolerance[0]! + tolerance[i]!);
    });
    // Its entries leave the graph, so that the error analysis cannot see into it: as much as the others together.
    const entries = hessianRoutes['forward over forward']!(
      network,
      unprefixed('p', all),
      unprefixed('v', all),
    );
    const last = innerProductOfGroups(entries, unprefixed('u', all)).item();
    expect(Math.abs(last - expected)).toBeLessThanOrEqual(2 * tolerance.reduce((a, b) => a + b, 0));
  });

  test.each(Object.entries(hessianRoutes))('%s: ∇²(Σ x²y)·v by hand', (_, route) => {
    const f = ({ x, y }: { x: Tensor; y: Tensor }): Tensor => sum(mul(mul(x, x), y));
    const { x, y } = route(f, { x: tensor([3]), y: tensor([5]) }, { x: tensor([1]), y: tensor([10]) });
    expect([x.shape, x.item(), y.item()]).toEqual([[1], 70, 6]);
  });

  test.each(Object.entries(hessianRoutes))('%s: wants a scalar', (_, route) => {
    const p = { x: tensor([1, 2]) };
    expect(() => route(({ x }: typeof p) => mul(x, x), p, p)).toThrow(
      /must return a scalar \[\], found shape \[2\]/,
    );
  });
});
