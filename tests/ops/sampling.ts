// Examples of ops under fast-check: it chooses shapes, axes and indices (and shrinks them), a seeded stream the values.
import fc from 'fast-check';
import { scope, useKernels } from '../../src/autodiff/index.ts';
import type { Example, Op } from '../../src/autodiff/trace/op.ts';
import { type RandomStream, randomStream } from '../../src/base/random.ts';
import type { Kernels } from '../../src/kernels/interface.ts';

/** A stream whose integers come from fast-check. */
export const arbitraryStream: fc.Arbitrary<RandomStream> = fc
  .tuple(fc.gen(), fc.integer({ min: 0, max: 2 ** 31 - 1 }))
  .map(([gen, seed]) => {
    const values = randomStream(seed, 'example');
    return { ...values, integer: (bound: number) => gen(fc.integer, { min: 0, max: bound - 1 }) };
  });

/** Runs a check on examples of random shapes, made on the given kernels; memory of every run is given back. */
export function onExamples(
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
