// The backend in use: chosen once by the program, read by everything that computes.
import type { Kernels } from '../kernels/interface.ts';

let current: Kernels | undefined;

/** Chooses the kernels that every tensor made from now on lives on. */
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
