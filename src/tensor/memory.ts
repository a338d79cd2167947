// How much memory the kernels in use hold.
import type { MemoryUse } from '../kernels/interface.ts';
import { currentKernels } from './backend.ts';

/**
 * Bytes of the kernels in use: in live tensors, at the peak since the kernels were made, reserved from the system, and the most that
 * there can be; and the number of buffers.
 * @throws Error if no kernels were chosen
 * @example
 * ```ts
 * import { memory, scope, zeros } from 'gradsplit/autodiff';
 * const before = memory().live;
 * scope(() => zeros([1000]).size);
 * memory().live - before; // → 0
 * ```
 */
export function memory(): MemoryUse {
  return currentKernels().memory();
}
