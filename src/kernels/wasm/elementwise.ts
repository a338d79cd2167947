// Element-wise kernels on WebAssembly memory.
import { checkElementwise } from '../checks.ts';
import type { BinaryKernel, KernelBuffer, Kernels, UnaryKernel } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';
import type { Cut } from './team/team.ts';

/** Codes of assembly/elementwise.ts. */
const unaryCodes: Record<UnaryKernel, number> = {
  neg: 0,
  abs: 1,
  sign: 2,
  exp: 3,
  log: 4,
  sqrt: 5,
  reciprocal: 6,
  tanh: 7,
  sigmoid: 8,
  rsqrt: 9,
  gelu: 10,
  expm1: 11,
  expm1MinusX: 12,
  log1p: 13,
  silu: 14,
};

const binaryCodes: Record<BinaryKernel, number> = {
  add: 0,
  sub: 1,
  mul: 2,
  div: 3,
  minimum: 4,
  maximum: 5,
  greater: 6,
  greaterEqual: 7,
  equal: 8,
  geluVjp: 9,
  siluVjp: 10,
};

/** The buffer's size in whole vectors, in bytes. */
export function paddedBytes(buffer: KernelBuffer): number {
  return buffer.dtype === 'f64' ? Math.ceil(buffer.length / 2) * 16 : Math.ceil(buffer.length / 4) * 16;
}

/** Multiply-adds that take as long as one vector of a kernel with a polynomial, and as one vector of a kernel that waits for memory. */
const POLYNOMIAL = 64;
const SIMPLE = 8;
/** The kernels with a polynomial or a root. */
const polynomials: ReadonlySet<UnaryKernel | BinaryKernel> = new Set([
  ...(['exp', 'log', 'sqrt', 'reciprocal', 'tanh', 'sigmoid', 'rsqrt', 'gelu', 'silu'] as const),
  ...(['expm1', 'expm1MinusX', 'log1p'] as const),
  ...(['div', 'geluVjp', 'siluVjp'] as const),
]);

function costOf(kernel: UnaryKernel | BinaryKernel): number {
  return polynomials.has(kernel) ? POLYNOMIAL : SIMPLE;
}

/** fill, unary, binary and where, divided among threads by vectors. */
export function elementwiseKernels({
  exports,
  team,
  heap,
  tables,
}: Machine): Pick<Kernels, 'fill' | 'unary' | 'binary' | 'where'> {
  /** How a kernel with operands of this length may be cut. */
  function cutOf(out: KernelBuffer, perVector: number): Cut {
    const vectors = paddedBytes(out) / 16;
    return { units: vectors, work: vectors * perVector, grain: 16 };
  }
  return {
    fill(out, value) {
      const bytes = paddedBytes(out);
      if (out.dtype === 'i32') exports.fillI32(heap.pointerOf(out), value, bytes);
      else exports[out.dtype].fill(heap.pointerOf(out), value, bytes);
    },
    unary(kernel, x, out) {
      checkElementwise(kernel, out, x);
      const code = unaryCodes[kernel];
      const [from, to] = [heap.pointerOf(x), heap.pointerOf(out)];
      team.run(floatOf(out).type, 'unary', cutOf(out, costOf(kernel)), (call, first, end, thread) => {
        const skip = 16 * first;
        return call(code, from + skip, to + skip, 16 * (end - first), tables[thread]!);
      });
    },
    binary(kernel, x, y, out) {
      checkElementwise(kernel, out, x, y);
      const code = binaryCodes[kernel];
      const [left, right, to] = [heap.pointerOf(x), heap.pointerOf(y), heap.pointerOf(out)];
      team.run(floatOf(out).type, 'binary', cutOf(out, costOf(kernel)), (call, first, end, thread) => {
        const skip = 16 * first;
        return call(code, left + skip, right + skip, to + skip, 16 * (end - first), tables[thread]!);
      });
    },
    where(mask, x, y, out) {
      checkElementwise('where', out, mask, x, y);
      const [choice, to] = [heap.pointerOf(mask), heap.pointerOf(out)];
      const [left, right] = [heap.pointerOf(x), heap.pointerOf(y)];
      team.run(floatOf(out).type, 'where', cutOf(out, SIMPLE), (call, first, end) => {
        const skip = 16 * first;
        return call(choice + skip, left + skip, right + skip, to + skip, 16 * (end - first));
      });
    },
  };
}
