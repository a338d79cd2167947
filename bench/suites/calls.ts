// A case that is calls of kernels on buffers, checked against the same calls of the reference.
import type { KernelBuffer, Kernels } from '../../src/kernels/index.ts';
import type { PreparedCase } from '../suite.ts';
import { worstRatio } from './operands.ts';

/** Calls on one backend's buffers. */
export interface Calls {
  readonly run: () => void;
  /** What they compute, in order. */
  readonly results: readonly KernelBuffer[];
  /** Every buffer that they need. */
  readonly all: readonly KernelBuffer[];
}

/**
 * The case of these calls.
 * @param make makes operands and calls on a backend
 * @param allowed the largest error at index i of the results, laid end to end
 */
export function preparedCalls(
  kernels: Kernels,
  make: (kernels: Kernels) => Calls,
  allowed: (i: number) => number,
): PreparedCase {
  const { run, results, all } = make(kernels);
  const read = (from: Kernels, buffers: readonly KernelBuffer[]): Float64Array =>
    Float64Array.from(buffers.flatMap((buffer) => [...from.readSync(buffer)]));
  return {
    run,
    output() {
      run();
      return read(kernels, results);
    },
    judge(reference) {
      const expected = make(reference);
      expected.run();
      const values = read(reference, expected.results);
      return (found) => worstRatio(found, values, allowed);
    },
    release() {
      for (const buffer of all) kernels.release(buffer);
    },
  };
}
