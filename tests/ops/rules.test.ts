// What holds of every op whatever the build of the kernels, asked of the registry: its name, its derivatives on the reference, and
// that a wrong derivative of it is found.
import { describe, expect, test } from 'vitest';
import { gradcheck } from '../../src/autodiff/checks/gradcheck.ts';
import { mul, scope, useKernels } from '../../src/autodiff/index.ts';
import type { Op, Rule } from '../../src/autodiff/trace/op.ts';
import { trace } from '../../src/autodiff/trace/trace.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';
import { allOps, registerOp } from '../../src/ops/registry.ts';
import { asFunction } from './cases.ts';
import { onExamples } from './sampling.ts';

const ops: readonly (readonly [string, Op<unknown>])[] = [...allOps()];
const reference = referenceKernels();
const wasm = loadWasmKernelsSync();

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

  test('derivatives agree with differences', () => {
    onExamples(reference, op, 40, (example) => {
      const { f, parameters } = asFunction(example);
      expect(gradcheck(f, parameters)).toMatchObject({ holds: true });
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
