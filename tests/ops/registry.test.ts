// What holds of every op, asked of the registry: no list of ops here. A new op is tested by being registered.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gradcheck, gradGradcheck } from '../../src/autodiff/checks/gradcheck.ts';
import { mul, scope, useKernels } from '../../src/autodiff/index.ts';
import type { Example, Op, Rule } from '../../src/autodiff/trace/op.ts';
import { trace } from '../../src/autodiff/trace/trace.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import type { Kernels } from '../../src/kernels/interface.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';
import { allOps, registerOp } from '../../src/ops/registry.ts';
import { asFunction, inType, roundingOf, routes, SINGLE } from './cases.ts';
import { arbitraryStream } from './sampling.ts';

const ops: readonly (readonly [string, Op<unknown>])[] = [...allOps()];
const reference = referenceKernels();
const wasm = loadWasmKernelsSync();
const backends = [reference, wasm] as const;

/** Runs a check on examples of random shapes, made on the given kernels; memory of every run is given back. */
function onExamples(
  kernels: Kernels,
  op: Op<unknown>,
  runs: number,
  check: (example: Example) => void,
): void {
  const property = fc.property(arbitraryStream, (random) => {
    useKernels(kernels);
    scope(() => check(op.example(random)));
  });
  fc.assert(property, { numRuns: runs, seed: 1 });
}

/** Replaces a rule while `body` runs. */
function withRule<A>(op: Op<A>, name: 'vjp' | 'jvp', rule: Rule<A>, body: () => void): void {
  const descriptor = Object.getOwnPropertyDescriptor(op, name)!;
  Object.defineProperty(op, name, { ...descriptor, value: rule });
  try {
    body();
  } finally {
    Object.defineProperty(op, name, descriptor);
  }
}

/** A derivative that is off by 10⁻⁵. */
function spoiled<A>(rule: Rule<A>): Rule<A> {
  return (primal, direction, i) => {
    const right = rule(primal, direction, i);
    return right === undefined ? undefined : mul(right, 1 + 1e-5);
  };
}

test('the name of an op is its own', () => {
  expect(() => registerOp(ops[0]![1])).toThrow('op "identity": the name is taken');
});

describe.each(ops)('%s', (name, op) => {
  test('stands under its own name, and its example applies it', () => {
    useKernels(reference);
    expect(op.name).toBe(name);
    const seen = new Set<string | undefined>();
    for (let seed = 0; seed < 50; seed++) {
      scope(() => {
        const { f, parameters } = asFunction(op.example(randomStream(seed, 'names')));
        seen.add(f(parameters).origin);
        for (const node of trace('test', f, parameters).graph.nodes) seen.add(node?.op.name);
      });
    }
    expect(seen).toContain(name);
  });

  test.each(backends)('derivatives agree with differences: $backend', (kernels) => {
    onExamples(kernels, op, 40, (example) => {
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

// What is constant by definition has no rule to spoil.
test.each(ops.filter(([, op]) => op.vjp !== 'zero'))(
  'a derivative of %s that is off by 10⁻⁵ is found, in either mode',
  (_, op) => {
    useKernels(wasm);
    for (const mode of ['vjp', 'jvp'] as const) {
      const places = new Set<string>();
      withRule(op, mode, spoiled(op[mode] as Rule<unknown>), () => {
        // Twenty cases: some are empty or have a zero derivative.
        for (let seed = 0; seed < 20; seed++) {
          scope(() => {
            const { f, parameters } = asFunction(op.example(randomStream(seed, 'spoiled')));
            const { holds, where } = gradcheck(f, parameters);
            if (!holds) places.add(where.slice(0, 3));
          });
        }
      });
      expect([...places]).toEqual([mode]);
    }
  },
);
