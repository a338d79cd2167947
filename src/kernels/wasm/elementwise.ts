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
function paddedBytes(buffer: KernelBuffer): number {
  return buffer.dtype === 'f64' ? Math.ceil(buffer.length / 2) * 16 : Math.ceil(buffer.length / 4) * 16;
}

/** fill, unary, binary, where. */
export function elementwiseKernels({
  exports,
  heap,
  tables,
}: Machine): Pick<Kernels, 'fill' | 'unary' | 'binary' | 'where'> {
  return {
    fill(out, value) {
      const bytes = paddedBytes(out);
      if (out.dtype === 'f32') exports.fillF32(heap.pointerOf(out), value, bytes);
      else if (out.dtype === 'f64') exports.fillF64(heap.pointerOf(out), value, bytes);
      else exports.fillI32(heap.pointerOf(out), value, bytes);
    },
    unary(kernel, x, out) {
      checkElementwise(kernel, out, x);
      const run = out.dtype === 'f32' ? exports.unaryF32 : exports.unaryF64;
      run(unaryCodes[kernel], heap.pointerOf(x), heap.pointerOf(out), paddedBytes(out), tables[0]!);
    },
    binary(kernel, x, y, out) {
      checkElementwise(kernel, out, x, y);
      const run = out.dtype === 'f32' ? exports.binaryF32 : exports.binaryF64;
      const [left, right, to] = [heap.pointerOf(x), heap.pointerOf(y), heap.pointerOf(out)];
      run(binaryCodes[kernel], left, right, to, paddedBytes(out), tables);
    },
    where(mask, x, y, out) {
      checkElementwise('where', out, mask, x, y);
      const run = out.dtype === 'f32' ? exports.whereF32 : exports.whereF64;
      run(heap.pointerOf(mask), heap.pointerOf(x), heap.pointerOf(y), heap.pointerOf(out), paddedBytes(out));
    },
  };
}
