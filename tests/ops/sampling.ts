// Examples of ops under fast-check: it chooses shapes, axes and indices (and shrinks them), a seeded stream the values.
import fc from 'fast-check';
import { type RandomStream, randomStream } from '../../src/base/random.ts';

/** A stream whose integers come from fast-check. */
export const arbitraryStream: fc.Arbitrary<RandomStream> = fc
  .tuple(fc.gen(), fc.integer({ min: 0, max: 2 ** 31 - 1 }))
  .map(([gen, seed]) => {
    const values = randomStream(seed, 'example');
    return { ...values, integer: (bound: number) => gen(fc.integer, { min: 0, max: bound - 1 }) };
  });
