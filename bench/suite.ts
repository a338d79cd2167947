// What a suite is: named cases, each of which can set itself up, check itself against the reference and be timed.

import { mean } from '../src/base/student.ts';
import type { Kernels } from '../src/kernels/index.ts';
import type { PeerTask } from './peer.ts';

/** A case that has its buffers. */
export interface PreparedCase {
  /** What is timed. */
  run(): void;
  /** For a ratio: what it is timed against, in turn. */
  against?(): void;
  /** What `run` has computed, or what is compared of it. Runs it first. */
  output(): ArrayLike<number>;
  /**
   * Makes a judge of outputs: the largest error against the reference kernels divided by the error that may be made; at
   * most 1 if the output is right.
   */
  judge(reference: Kernels): (found: ArrayLike<number>) => number;
  release(): void;
}

/** A rate: more is better. */
export interface Rate {
  readonly unit: string;
  /** Units done by one call, such as 2·m·n·k·10⁻⁹ for a product in GFLOP/s. Divided by seconds it is the value. */
  readonly work: number;
  /** The most this machine could do, in `unit`, given its multiply-add rate in GFLOP/s (f32). */
  ceiling(gflops: number): number;
}

/** A quotient of two times measured in turn, in unit `ratio`: less is better. */
export interface Ratio {
  readonly unit: 'ratio';
  /** The least that the arithmetic allows. */
  readonly least: number;
}

/** One more row about the same measurement. */
export type DerivedRow =
  /** The samples, times a factor, in another unit. */
  | { readonly name: string; readonly unit: string; readonly factor: number }
  /** A number that is no time, such as bytes; less is better, and `least` is what cannot be done without. */
  | { readonly name: string; readonly unit: 'MiB'; readonly amount: number; readonly least: number };

/** One line of a benchmark. */
export interface BenchCase {
  readonly name: string;
  readonly measure: Rate | Ratio;
  prepare(kernels: Kernels): PreparedCase;
  /** The same work for a peer, if peers can do it. */
  peerTask?(): PeerTask;
  /** More rows, for the kernels that were measured. */
  derive?(kernels: Kernels): readonly DerivedRow[];
}

/** A suite of cases. */
export interface Suite {
  readonly name: string;
  readonly sentence: string;
  readonly cases: readonly BenchCase[];
  /** How its ceiling follows from the multiply-add rate. */
  readonly ceilingHow: string;
  /** Which kernel variant computes which shape, and why. */
  explain(kernels: Kernels): readonly string[];
}

/** Units of which less is better; of all others more is. */
const LESS_IS_BETTER: readonly string[] = ['ratio', 'MiB'];

/**
 * What was reached as a share of the limit: 1 is perfect, in either direction. Of rates the best sample counts, because other
 * programs slow a measurement down and never speed it up; a quotient of times errs both ways, so there it is the mean.
 */
export function shareOfLimit(unit: string, samples: readonly number[], limit: number): number {
  return LESS_IS_BETTER.includes(unit) ? limit / mean(samples) : Math.max(...samples) / limit;
}
