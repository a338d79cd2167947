// Kernels whose calls are timed, for a profile. A call of the WebAssembly backend returns when all its threads are done.
import type { Kernels } from './interface.ts';
import { wrapKernels } from './wrapKernels.ts';

/** Calls of one kernel, and the time in them. */
export interface KernelUsage {
  /** Such as `matmul nn` or `adamw`. */
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
}

/** Kernels that keep count. */
export interface TimedKernels {
  readonly kernels: Kernels;
  /** What was used since the last `restart`, most time first. */
  usage(): KernelUsage[];
  /** Forgets what was used so far. */
  restart(): void;
}

/**
 * The same kernels, every computing call timed.
 * @param clock milliseconds, such as `performance.now`
 */
export function timedKernels(kernels: Kernels, clock: () => number): TimedKernels {
  const used = new Map<string, { calls: number; milliseconds: number }>();
  const computing = wrapKernels(kernels, (method, { variant }, compute) => {
    const began = clock();
    compute();
    const milliseconds = clock() - began;
    const name = variant === undefined ? method : `${method} ${variant}`;
    const sum = used.get(name);
    if (sum === undefined) used.set(name, { calls: 1, milliseconds });
    else {
      sum.calls += 1;
      sum.milliseconds += milliseconds;
    }
  });
  // Through the prototype, the number of threads stays the one of the moment.
  const all: Kernels = Object.assign(Object.create(kernels), computing);
  return {
    kernels: all,
    usage: () =>
      [...used]
        .map(([name, sums]) => ({ name, ...sums }))
        .sort((a, b) => b.milliseconds - a.milliseconds || a.name.localeCompare(b.name)),
    restart: () => used.clear(),
  };
}
