// How a call of a kernel is described: which buffers it reads and writes, and how its work is counted.
import type { KernelBuffer, MatmulSizes } from './operands.ts';

/** A call of a kernel, described from its arguments. */
export interface KernelCall {
  /** Buffers that are read: floats, or of any type where the kernel only moves elements. */
  readonly reads: readonly KernelBuffer[];
  /** Buffers of i32 that are read. */
  readonly indices: readonly KernelBuffer[];
  /** Buffers that are written. A kernel may leave elements of them as they were. */
  readonly writes: readonly KernelBuffer[];
  /** What is computed by itself: an element, a row, an element of a matrix product, or none of these. */
  readonly kind: 'elements' | 'rows' | 'products' | 'other';
  /** Multiply-adds of products, else elements. */
  readonly work: number;
  /** Which of several functions is computed, such as `exp` or `nn`. */
  readonly variant?: string;
}

type Buffers = readonly KernelBuffer[];
/** A description without a variant, which the kernels that have one add. */
type Described = Omit<KernelCall, 'variant'>;

/** Element by element. */
export function elements(reads: Buffers, out: KernelBuffer): Described {
  return { reads, indices: [], writes: [out], kind: 'elements', work: out.length };
}

/** Row by row, each with one index of `indices` or none. */
export function byRows(
  reads: Buffers,
  out: KernelBuffer,
  rows: number,
  columns: number,
  indices: Buffers = [],
): Described {
  return { reads, indices, writes: [out], kind: 'rows', work: rows * columns };
}

/** A matrix product. */
export function product(reads: Buffers, out: KernelBuffer, { batch, m, n, k }: MatmulSizes): Described {
  return { reads, indices: [], writes: [out], kind: 'products', work: batch * m * n * k };
}

/** In a way of its own. */
export function other(reads: Buffers, writes: Buffers, work: number, indices: Buffers = []): Described {
  return { reads, indices, writes, kind: 'other', work };
}

/** Elements of all buffers together. */
export function lengthOf(buffers: Buffers): number {
  return buffers.reduce((sum, { length }) => sum + length, 0);
}
