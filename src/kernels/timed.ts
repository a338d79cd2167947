// Kernels whose calls are timed, for a profile. A call of the WebAssembly backend returns when all its threads are done.
import type { Kernels } from './interface.ts';

/** What is no computation: descriptions, and memory. */
type Other =
  | 'backend'
  | 'device'
  | 'build'
  | 'threads'
  | 'allocate'
  | 'release'
  | 'write'
  | 'read'
  | 'readSync'
  | 'memory'
  | 'choices';

/** Every kernel; a new one that is missing here is a type error. */
const COMPUTES: Readonly<Record<Exclude<keyof Kernels, Other>, true>> = {
  fill: true,
  unary: true,
  binary: true,
  where: true,
  reduce: true,
  row: true,
  softmaxAlong: true,
  logSumExp: true,
  layerNorm: true,
  layerNormVjp: true,
  layerNormScaleVjp: true,
  crossEntropy: true,
  crossEntropyVjp: true,
  attentionWeights: true,
  causalProduct: true,
  adamw: true,
  squareSum: true,
  cachedAttention: true,
  maskAbove: true,
  matmul: true,
  linear: true,
  linearAdd: true,
  linearGelu: true,
  gather: true,
  scatterAdd: true,
  gatherStrided: true,
  scatterStrided: true,
};

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

type Call = (...args: unknown[]) => void;

/**
 * The same kernels, every computing call timed.
 * @param clock milliseconds, such as `performance.now`
 */
export function timedKernels(kernels: Kernels, clock: () => number): TimedKernels {
  const used = new Map<string, { calls: number; milliseconds: number }>();
  const timed = (method: string, call: Call): Call => {
    return (...args) => {
      const began = clock();
      call(...args);
      const milliseconds = clock() - began;
      // The first argument of several names what is computed: exp, nn, sum.
      const name = typeof args[0] === 'string' ? `${method} ${args[0]}` : method;
      const sum = used.get(name);
      if (sum === undefined) used.set(name, { calls: 1, milliseconds });
      else {
        sum.calls += 1;
        sum.milliseconds += milliseconds;
      }
    };
  };
  const methods = Object.keys(COMPUTES) as (keyof typeof COMPUTES)[];
  const computing = Object.fromEntries(methods.map((name) => [name, timed(name, kernels[name] as Call)]));
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
