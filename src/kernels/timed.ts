// Kernels whose calls are timed, for a profile. A call of the WebAssembly backend returns when all its threads are done.
import type { Kernels } from './interface.ts';
import { wrapKernels } from './wrapKernels.ts';

/** The calls of one kernel, and the time spent in them. */
export interface KernelUsage {
  /** Such as `matmul nn` or `adamw`. */
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
}

/** Kernels whose calls are counted and timed. */
export interface TimedKernels {
  readonly kernels: Kernels;
  /** What was used since the last `restart`, most time first. */
  usage(): KernelUsage[];
  /** Forgets what was used so far. */
  restart(): void;
}

/**
 * The same kernels, with every computing call timed.
 * @param clock milliseconds, such as `performance.now`
 * @example
 * ```ts
 * import { mul, tensor, useKernels } from 'gradsplit/autodiff';
 * import { timedKernels } from 'gradsplit/kernels';
 * import { loadWasmKernels } from 'gradsplit/node';
 * const { kernels, usage } = timedKernels(await loadWasmKernels(), () => performance.now());
 * useKernels(kernels);
 * mul(tensor([1, 2]), tensor([3, 4]));
 * usage().find(({ name }) => name === 'binary mul')!.calls; // → 1
 * ```
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
