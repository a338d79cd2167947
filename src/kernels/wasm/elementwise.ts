// Element-wise kernels on WebAssembly memory.
import { checkElementwise } from '../checks.ts';
import type { BinaryKernel, KernelBuffer, Kernels, UnaryKernel } from '../interface.ts';
import type { Machine } from './machine.ts';

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
};

/** The buffer's size in whole vectors, in bytes. */
export function paddedBytes(buffer: KernelBuffer): number {
  return buffer.dtype === 'f64' ? Math.ceil(buffer.length / 2) * 16 : Math.ceil(buffer.length / 4) * 16;
}

/** Multiply-adds that take as long as one vector of a kernel with a polynomial, and of one that waits for memory. */
const POLYNOMIAL = 64;
const SIMPLE = 8;
/** The kernels with a polynomial or a root. */
const polynomials: ReadonlySet<UnaryKernel | BinaryKernel> = new Set([
  ...(['exp', 'log', 'sqrt', 'reciprocal', 'tanh', 'sigmoid', 'rsqrt', 'gelu'] as const),
  ...(['div', 'geluVjp'] as const),
]);

/** fill, unary, binary, where; shared out by vectors. */
export function elementwiseKernels({
  exports,
  team,
  heap,
  tables,
}: Machine): Pick<Kernels, 'fill' | 'unary' | 'binary' | 'where'> {
  /** Runs a kernel over operands of equal length; `rest` follows the length among its arguments. */
  function run(
    name: 'unaryF32' | 'unaryF64' | 'binaryF32' | 'binaryF64' | 'whereF32' | 'whereF64',
    first: readonly number[],
    buffers: readonly KernelBuffer[],
    perVector: number,
    rest: (thread: number) => readonly number[],
  ): void {
    const vectors = paddedBytes(buffers[0]!) / 16;
    const pointers = buffers.map((buffer) => heap.pointerOf(buffer));
    team.run(name, { units: vectors, work: vectors * perVector, grain: 16 }, (from, to, thread) => [
      ...first,
      ...pointers.map((pointer) => pointer + 16 * from),
      16 * (to - from),
      ...rest(thread),
    ]);
  }
  const tablesOf = (thread: number): readonly number[] => [tables[thread]!];
  return {
    fill(out, value) {
      const bytes = paddedBytes(out);
      if (out.dtype === 'f32') exports.fillF32(heap.pointerOf(out), value, bytes);
      else if (out.dtype === 'f64') exports.fillF64(heap.pointerOf(out), value, bytes);
      else exports.fillI32(heap.pointerOf(out), value, bytes);
    },
    unary(kernel, x, out) {
      checkElementwise(kernel, out, x);
      const name = out.dtype === 'f32' ? 'unaryF32' : 'unaryF64';
      run(name, [unaryCodes[kernel]], [x, out], polynomials.has(kernel) ? POLYNOMIAL : SIMPLE, tablesOf);
    },
    binary(kernel, x, y, out) {
      checkElementwise(kernel, out, x, y);
      const name = out.dtype === 'f32' ? 'binaryF32' : 'binaryF64';
      run(name, [binaryCodes[kernel]], [x, y, out], polynomials.has(kernel) ? POLYNOMIAL : SIMPLE, tablesOf);
    },
    where(mask, x, y, out) {
      checkElementwise('where', out, mask, x, y);
      run(out.dtype === 'f32' ? 'whereF32' : 'whereF64', [], [mask, x, y, out], SIMPLE, () => []);
    },
  };
}
