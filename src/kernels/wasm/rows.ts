// Reductions and row-wise kernels on WebAssembly memory.
import { checkReduce, checkRows } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import type { Machine } from './machine.ts';
import { rowCut } from './rowCut.ts';

/** Multiply-adds that take as long as an element with an exponential, and as one without. */
const EXPONENTIAL = 16;
const SIMPLE = 4;

/** reduce, row, softmaxAlong, logSumExp; all but the first shared out by rows. */
export function rowKernels({
  exports,
  team,
  heap,
  tables,
}: Machine): Pick<Kernels, 'reduce' | 'row' | 'softmaxAlong' | 'logSumExp'> {
  const reductions = {
    sum: { f32: exports.sumF32, f64: exports.sumF64 },
    max: { f32: exports.maxF32, f64: exports.maxF64 },
  };
  const rowFunctions = {
    softmax: { f32: 'softmaxF32', f64: 'softmaxF64' },
    logSoftmax: { f32: 'logSoftmaxF32', f64: 'logSoftmaxF64' },
  } as const;
  return {
    reduce(kernel, x, out, outer, axis, inner) {
      checkReduce(kernel, x, out, outer, axis, inner);
      const run = out.dtype === 'f32' ? reductions[kernel].f32 : reductions[kernel].f64;
      run(heap.pointerOf(x), heap.pointerOf(out), outer, axis, inner);
    },
    row(kernel, x, out, rows, columns) {
      checkRows(kernel, x, out, rows, columns, columns);
      const f32 = out.dtype === 'f32';
      const name = f32 ? rowFunctions[kernel].f32 : rowFunctions[kernel].f64;
      const [from, to] = [heap.pointerOf(x), heap.pointerOf(out)];
      const bytes = columns * (f32 ? 4 : 8);
      team.run(name, rowCut(rows, columns, EXPONENTIAL), (call, first, end, thread) =>
        call(from + first * bytes, to + first * bytes, end - first, columns, tables[thread]!),
      );
    },
    softmaxAlong(p, v, out, rows, columns) {
      checkRows('softmaxAlong', p, out, rows, columns, columns);
      checkRows('softmaxAlong', v, out, rows, columns, columns);
      const [name, size] =
        out.dtype === 'f32' ? (['softmaxAlongF32', 4] as const) : (['softmaxAlongF64', 8] as const);
      const [at, along, to] = [heap.pointerOf(p), heap.pointerOf(v), heap.pointerOf(out)];
      team.run(name, rowCut(rows, columns, SIMPLE), (call, first, end) => {
        const skip = first * columns * size;
        return call(at + skip, along + skip, to + skip, end - first, columns);
      });
    },
    logSumExp(x, out, rows, columns) {
      checkRows('logSumExp', x, out, rows, columns, 1);
      const [name, size] =
        out.dtype === 'f32' ? (['logSumExpF32', 4] as const) : (['logSumExpF64', 8] as const);
      const [from, to] = [heap.pointerOf(x), heap.pointerOf(out)];
      team.run(name, rowCut(rows, columns, EXPONENTIAL), (call, first, end, thread) =>
        call(from + first * columns * size, to + first * size, end - first, columns, tables[thread]!),
      );
    },
  };
}
