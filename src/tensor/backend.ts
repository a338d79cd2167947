// The backend in use: chosen once by the program, read by everything that computes.
import type { Kernels } from '../kernels/interface.ts';

let current: Kernels | undefined;

/**
 * Chooses the kernels on whose memory every tensor made from now on lives.
 * @example
 * ```ts
 * import { currentKernels, tensor, useKernels } from 'gradsplit/autodiff';
 * import { referenceKernels } from 'gradsplit/kernels';
 * const before = currentKernels();
 * useKernels(referenceKernels()); // plain TypeScript: slow, and easy to read
 * tensor([1, 2]).readSync(); // → [1, 2]
 * useKernels(before);
 * ```
 */
export function useKernels(kernels: Kernels): void {
  current = kernels;
}

/**
 * The kernels in use.
 * @throws Error if none were chosen
 */
export function currentKernels(): Kernels {
  if (current === undefined) throw new Error('no kernels chosen: call useKernels(...) once');
  return current;
}
