// How much memory the kernels in use hold.
import type { MemoryUse } from '../kernels/interface.ts';
import { currentKernels } from './backend.ts';

/**
 * Bytes of the kernels in use: in live tensors, at the peak since they were made, and reserved from the system; and how
 * many buffers there are.
 * @throws Error if no kernels were chosen
 */
export function memory(): MemoryUse {
  return currentKernels().memory();
}
