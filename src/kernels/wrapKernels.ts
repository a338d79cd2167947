// Kernels of which every call goes through one function, as timing and a GPU's memory need it.

import type { KernelCall } from './call.ts';
import type { Computing } from './interface.ts';
import { type KernelName, kernelNames, kernelTable } from './table.ts';

type Method<R> = (...operands: unknown[]) => R;

/**
 * The same kernels, every call of them handed to `around`.
 * @param around gets the kernel's name, what the call reads and writes, and what computes it
 */
export function wrapKernels(
  kernels: Computing,
  around: (name: KernelName, call: KernelCall, compute: () => void) => void,
): Computing {
  const wrap = (name: KernelName): Method<void> => {
    const describe = kernelTable[name] as Method<KernelCall>;
    const compute = kernels[name] as Method<void>;
    return (...operands) => around(name, describe(...operands), () => compute(...operands));
  };
  return Object.fromEntries(kernelNames.map((name) => [name, wrap(name)])) as unknown as Computing;
}
