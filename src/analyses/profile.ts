// Where the time of a training run went: shares of the loop inside kernels, by kernel; the rest is the host's.
import type { KernelProfile } from '../documents/train.ts';
import type { KernelUsage } from '../kernels/index.ts';

/** The profile of a loop that took so many seconds. */
export function profileOf(usage: readonly KernelUsage[], seconds: number): KernelProfile {
  const kernels = usage.map(({ name, calls, milliseconds }) => ({
    name,
    calls,
    seconds: milliseconds / 1000,
    share: milliseconds / 1000 / seconds,
  }));
  return { seconds, inKernels: kernels.reduce((sum, { share }) => sum + share, 0), kernels };
}
