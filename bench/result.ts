// What a benchmark run produces: gradsplit/bench@1.

import type { KernelsInfo } from '../src/kernels/info.ts';

/** A peer measured on the same case in the same run. */
export interface PeerResult {
  readonly value: number;
}

/** One measured case. `samples`, `value` and `ci95` are in `unit`; more is better, except of `ratio` and `MiB`. */
export interface CaseResult {
  readonly suite: string;
  readonly name: string;
  readonly unit: string;
  /** Mean of the samples. */
  readonly value: number;
  /** 95 % confidence interval of the mean. */
  readonly ci95: readonly [number, number];
  readonly samples: readonly number[];
  /**
   * The best sample divided by what the machine can do at best on this case. Best against best: other programs slow both
   * down, never up, so this share is steady where `value` is not. For `ratio` and `MiB` it is the least there can be divided
   * by `value`.
   */
  readonly ofCeiling: number;
  readonly peers: Readonly<Record<string, PeerResult>>;
  /** Each says what is wrong and what to do next. */
  readonly warnings: readonly string[];
}

/** A whole run. */
export interface BenchResult {
  readonly schema: 'gradsplit/bench@1';
  readonly machine: { readonly cpu: string; readonly node: string; readonly threads: number };
  readonly build: string;
  /** What was measured; documents from before this was noted have none. */
  readonly kernels?: KernelsInfo;
  readonly ceiling: { readonly gflops: number; readonly how: string };
  readonly results: readonly CaseResult[];
}
