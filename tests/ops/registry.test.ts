// What holds of every op on the kernels of the build, asked of the registry: no list of ops here. A new op is tested by being
// registered.
import { describe, expect, test } from 'vitest';
import { gradcheck, gradGradcheck } from '../../src/autodiff/checks/gradcheck.ts';
import { useKernels } from '../../src/autodiff/index.ts';
import type { Op } from '../../src/autodiff/trace/op.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';
import { allOps } from '../../src/ops/registry.ts';
import { asFunction, inType, roundingOf, routes, SINGLE } from './cases.ts';
import { onExamples } from './sampling.ts';

const ops: readonly (readonly [string, Op<unknown>])[] = [...allOps()];
const reference = referenceKernels();
const wasm = loadWasmKernelsSync();

describe.each(ops)('%s', (_, op) => {
  test('derivatives agree with differences', () => {
    onExamples(wasm, op, 40, (example) => {
      const { f, parameters } = asFunction(example);
      expect(gradcheck(f, parameters)).toMatchObject({ holds: true });
    });
  });

  test('second derivatives agree with differences, in all four orders of the modes', () => {
    onExamples(wasm, op, 20, (example) => {
      const { f, parameters } = asFunction(example);
      expect(gradGradcheck(f, parameters)).toMatchObject({ holds: true });
    });
  });

  test('⟨cotangent, jvp(v)⟩ = ⟨vjp(cotangent), v⟩', () => {
    onExamples(wasm, op, 30, (example) => {
      const { all, reverse, forward } = routes(example);
      const tolerance = roundingOf(reverse, all) + roundingOf(forward, all);
      expect(Math.abs(forward(all).item() - reverse(all).item())).toBeLessThanOrEqual(tolerance);
    });
  });

  test.each([
    { dtype: 'f64', epsilons: 1 },
    { dtype: 'f32', epsilons: SINGLE },
  ] as const)('WebAssembly and reference agree on values and derivatives: $dtype', ({ dtype, epsilons }) => {
    onExamples(reference, op, 30, (example) => {
      const { all, ...found } = routes(example);
      // Rounded to the type first, so that both see the same arguments.
      const rounded = inType(all, dtype);
      const arguments64 = inType(rounded, 'f64');
      for (const [name, route] of Object.entries(found)) {
        useKernels(reference);
        const expected = route(arguments64).item();
        const tolerance = (1 + epsilons) * roundingOf(route, arguments64);
        useKernels(wasm);
        const computed = route(inType(rounded, dtype));
        if (name === 'value') expect(computed.dtype).toBe(dtype);
        expect(Math.abs(computed.item() - expected), name).toBeLessThanOrEqual(tolerance);
      }
    });
  });
});
