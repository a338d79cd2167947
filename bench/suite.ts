// What a suite is: named cases, each of which can set itself up, check itself against the reference and be timed.
import type { Kernels } from '../src/kernels/index.ts';

/** A case that has its buffers: `run` is what is timed. */
export interface PreparedCase {
  run(): void;
  /** Largest error against the reference kernels divided by the error the kernel may make; at most 1 if it is right. */
  errorRatio(reference: Kernels): number;
  release(): void;
}

/** One line of a benchmark. */
export interface BenchCase {
  readonly name: string;
  readonly unit: string;
  /** Units done by one call, in 10⁹: 2·m·n·k·10⁻⁹ for a product. Divided by seconds it is the value. */
  readonly work: number;
  /** The most this machine could do, in `unit`, given its multiply-add rate in GFLOP/s (f32). */
  ceiling(gflops: number): number;
  prepare(kernels: Kernels): PreparedCase;
}

/** A suite of cases. */
export interface Suite {
  readonly name: string;
  readonly sentence: string;
  readonly cases: readonly BenchCase[];
  /** How its ceiling follows from the multiply-add rate. */
  readonly ceilingHow: string;
  /** Which kernel variant computes which shape, and why. */
  readonly explain: readonly string[];
}
