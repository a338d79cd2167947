// What holds of every op, asked of the registry: no list of ops here. A new op is tested by being registered.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradcheck, gradGradcheck } from '../../src/autodiff/gradcheck.ts';
import { jvp, scope, type Tensor, tensor, useKernels, vjp } from '../../src/autodiff/index.ts';
import { nodeOf } from '../../src/autodiff/node.ts';
import type { Example, Op } from '../../src/autodiff/op.ts';
import { trace } from '../../src/autodiff/trace.ts';
import { randomStream } from '../../src/base/random.ts';
import { referenceKernels } from '../../src/kernels/reference/index.ts';
import { registry } from '../../src/ops/registry.ts';
import { arbitraryStream } from './sampling.ts';

const ops: Op<unknown>[] = Object.values(registry) as Op<unknown>[];

/** The example as a function of a record of parameters. */
function asFunction({ inputs, call }: Example): {
  f: (p: Record<string, Tensor>) => Tensor;
  parameters: Record<string, Tensor>;
} {
  const parameters = Object.fromEntries(inputs.map((input, i) => [`input${i}`, input]));
  return { f: (p) => call(...inputs.map((_, i) => p[`input${i}`]!)), parameters };
}

/** Names of the ops on the way from the parameters to the value. */
function recorded(example: Example): Set<string> {
  const { f, parameters } = asFunction(example);
  return new Set(trace('test', f, parameters).graph.nodes.map((node) => node?.op.name ?? ''));
}

function checkEvery(op: Op<unknown>, runs: number, check: (example: Example) => void): void {
  fc.assert(
    fc.property(arbitraryStream, (random) => scope(() => check(op.example(random)))),
    { numRuns: runs, seed: 1 },
  );
}

beforeAll(() => useKernels(referenceKernels()));

describe.each(ops.map((op) => [op.name, op] as const))('%s', (name, op) => {
  test('stands under its own name, and its example applies it', () => {
    expect(registry[name as keyof typeof registry]).toBe(op);
    const seen = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      scope(() => {
        const example = op.example(randomStream(seed, 'names'));
        seen.add(example.call(...example.inputs).origin);
        for (const name of recorded(example)) seen.add(name);
      });
    }
    expect(seen).toContain(name);
  });

  test('first derivatives agree with differences', () => {
    checkEvery(op, 60, (example) => {
      const { f, parameters } = asFunction(example);
      expect(gradcheck(f, parameters)).toMatchObject({ holds: true });
    });
  });

  test('second derivatives agree with differences, in all four orders of the modes', () => {
    checkEvery(op, 20, (example) => {
      const { f, parameters } = asFunction(example);
      expect(gradGradcheck(f, parameters)).toMatchObject({ holds: true });
    });
  });
});
