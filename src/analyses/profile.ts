// Where the time of a training run went: shares of the loop inside kernels, by kernel; the rest is the host's.
import type { KernelUsage } from '../kernels/index.ts';

/** The profile of a run, in its JSON and in profile.json. */
export interface Profile {
  /** Of the loop: steps, metrics, checkpoints. */
  readonly seconds: number;
  /** The share of it inside kernels. */
  readonly inKernels: number;
  readonly kernels: readonly {
    readonly name: string;
    readonly calls: number;
    readonly seconds: number;
    /** Of the loop. */
    readonly share: number;
  }[];
}

/** The profile of a loop that took so many seconds. */
export function profileOf(usage: readonly KernelUsage[], seconds: number): Profile {
  const kernels = usage.map(({ name, calls, milliseconds }) => ({
    name,
    calls,
    seconds: milliseconds / 1000,
    share: milliseconds / 1000 / seconds,
  }));
  return { seconds, inKernels: kernels.reduce((sum, { share }) => sum + share, 0), kernels };
}
