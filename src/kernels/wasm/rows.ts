// Reductions and row-wise kernels on WebAssembly memory.
import { checkReduce, checkRows } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import type { Machine } from './machine.ts';

/** reduce, row, softmaxAlong, logSumExp. */
export function rowKernels({
  exports,
  heap,
  tables,
}: Machine): Pick<Kernels, 'reduce' | 'row' | 'softmaxAlong' | 'logSumExp'> {
  const reductions = {
    sum: { f32: exports.sumF32, f64: exports.sumF64 },
    max: { f32: exports.maxF32, f64: exports.maxF64 },
  };
  const rowFunctions = {
    softmax: { f32: exports.softmaxF32, f64: exports.softmaxF64 },
    logSoftmax: { f32: exports.logSoftmaxF32, f64: exports.logSoftmaxF64 },
  };
  return {
    reduce(kernel, x, out, outer, axis, inner) {
      checkReduce(kernel, x, out, outer, axis, inner);
      const run = out.dtype === 'f32' ? reductions[kernel].f32 : reductions[kernel].f64;
      run(heap.pointerOf(x), heap.pointerOf(out), outer, axis, inner);
    },
    row(kernel, x, out, rows, columns) {
      checkRows(kernel, x, out, rows, columns, columns);
      const run = out.dtype === 'f32' ? rowFunctions[kernel].f32 : rowFunctions[kernel].f64;
      run(heap.pointerOf(x), heap.pointerOf(out), rows, columns, tables[0]!);
    },
    softmaxAlong(p, v, out, rows, columns) {
      checkRows('softmaxAlong', p, out, rows, columns, columns);
      checkRows('softmaxAlong', v, out, rows, columns, columns);
      const run = out.dtype === 'f32' ? exports.softmaxAlongF32 : exports.softmaxAlongF64;
      run(heap.pointerOf(p), heap.pointerOf(v), heap.pointerOf(out), rows, columns);
    },
    logSumExp(x, out, rows, columns) {
      checkRows('logSumExp', x, out, rows, columns, 1);
      const run = out.dtype === 'f32' ? exports.logSumExpF32 : exports.logSumExpF64;
      run(heap.pointerOf(x), heap.pointerOf(out), rows, columns, tables[0]!);
    },
  };
}
