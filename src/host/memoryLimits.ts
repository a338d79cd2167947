// How much memory this process can have: of kernels, and on its own heap.
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { MemoryBytes } from '../base/memory.ts';
import { memory } from '../tensor/memory.ts';

/** Returns the memory of the machine, or of the container if that is less. Other processes may hold some of it. */
export function machineBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/**
 * Returns the memory that can be had at most: the limit of the kernels and that of the heap, or the memory of the machine or the
 * container where that is less.
 * @param limit the most bytes that the kernels can hold; if left out, that of the kernels in use
 * @throws Error if no kernels were chosen and no limit is given
 */
export function memoryLimits(limit: number = memory().limit): MemoryBytes {
  const machine = machineBytes();
  return {
    kernel: Math.min(limit, machine),
    host: Math.min(getHeapStatistics().heap_size_limit, machine),
  };
}
