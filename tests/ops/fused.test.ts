// Fused ops against their own decomposition: values, both derivatives, and that the engine takes it when it should.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grad, hvp, mul, scope, sum, type Tensor, tensor, useKernels } from '../../src/autodiff/index.ts';
import { apply } from '../../src/autodiff/trace/apply.ts';
import type { Op } from '../../src/autodiff/trace/op.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';
import { adjointOp } from '../../src/ops/fused.ts';
import { registry } from '../../src/ops/registry.ts';
import { roundingOf, routes } from './cases.ts';
import { arbitraryStream } from './sampling.ts';

const fused = (Object.entries(registry) as [string, Op<unknown>][]).filter(
  ([, op]) => op.decompose !== undefined,
);

/** Replaces the computation and rules of an op by its decomposition while `body` runs. */
function decomposed<T>(op: Op<unknown>, body: () => T): T {
  const vjp = Object.getOwnPropertyDescriptor(op, 'vjp')!;
  const jvp = Object.getOwnPropertyDescriptor(op, 'jvp')!;
  Object.defineProperty(op, 'vjp', { ...vjp, value: 'recompute' });
  Object.defineProperty(op, 'jvp', { ...jvp, value: 'recompute' });
  try {
    return body();
  } finally {
    Object.defineProperty(op, 'vjp', vjp);
    Object.defineProperty(op, 'jvp', jvp);
  }
}

test('these ops are fused', () => {
  expect(fused.map(([name]) => name)).toEqual(['gelu', 'silu', 'layerNorm', 'rmsNorm', 'crossEntropy']);
});

describe.each(fused)('%s', (_, op) => {
  test.each([referenceKernels(), loadWasmKernelsSync()])(
    'has the derivatives of its decomposition: $backend',
    (kernels) => {
      const property = fc.property(arbitraryStream, (random) => {
        useKernels(kernels);
        scope(() => {
          const { all, reverse, forward } = routes(op.example(random));
          for (const route of [reverse, forward]) {
            const tolerance = 2 * roundingOf(route, all);
            const expected = decomposed(op, () => route(all).item());
            expect(Math.abs(route(all).item() - expected)).toBeLessThanOrEqual(tolerance);
          }
        });
      });
      fc.assert(property, { numRuns: 40, seed: 3 });
    },
  );

  test('has the values of its decomposition', () => {
    const property = fc.property(arbitraryStream, (random) => {
      useKernels(loadWasmKernelsSync());
      scope(() => {
        const { inputs, constants = [], call } = op.example(random);
        const found = call(...inputs, ...constants).readSync();
        const attributes = op.name.endsWith('Norm') ? { epsilon: 0.1 } : {};
        const expected = op.decompose!([...inputs, ...constants], attributes).readSync();
        expect(found.length).toBe(expected.length);
        // Some twenty roundings of numbers below 20.
        found.forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(400 * Number.EPSILON);
        });
      });
    });
    fc.assert(property, { numRuns: 100, seed: 4 });
  });
});

describe('the choice between rule and decomposition', () => {
  /** x², whose rule is right and whose decomposition says x³. */
  const inconsistent: Op<unknown> = {
    ...(registry.identity as Op<unknown>),
    name: 'inconsistent',
    forward: (kernels, [x], _, out) => kernels.binary('mul', x!.buffer, x!.buffer, out.buffer),
    vjp: ({ inputs }, cotangent) => mul(mul(cotangent, inputs[0]!), 2),
    decompose: ([x]) => mul(x!, mul(x!, x!)),
  };
  const f = ({ x }: { x: Tensor }): Tensor => sum(apply(inconsistent, [x], {}));

  test('first derivatives take the rule, second ones the decomposition', () => {
    useKernels(referenceKernels());
    const p = { x: tensor([3]) };
    expect(grad(f)(p).x.item()).toBe(6);
    // (x³)″ = 6x
    expect(hvp(f, p, { x: tensor([1]) }).x.item()).toBe(18);
  });

  test('an adjoint kernel that is differentiated says what is missing', () => {
    useKernels(referenceKernels());
    const kernel = adjointOp<unknown>(
      'halfVjp',
      ([x]) => x!,
      (kernels, [x], _, out) => kernels.unary('neg', x!.buffer, out.buffer),
    );
    const careless: Op<unknown> = { ...inconsistent, vjp: (_, c) => apply(kernel, [c], {}) };
    const { decompose: _, ...bare } = careless;
    const g = ({ x }: { x: Tensor }): Tensor => sum(mul(apply(bare, [x], {}), x));
    expect(() => grad((q: { x: Tensor }) => sum(grad(g)(q).x))({ x: tensor([3]) })).toThrow(
      'halfVjp: has no derivative; the op it serves should register decompose',
    );
  });
});
