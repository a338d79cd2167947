// Reductions and row-wise kernels on WebAssembly memory.
import { checkReduce, checkRows } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';
import { rowCut } from './rowCut.ts';

/** Multiply-adds that take as long as an element with an exponential, and as an element without one. */
const EXPONENTIAL = 16;
const SIMPLE = 4;

/** Names of the module's functions. */
const reductions = { sum: 'sum', max: 'maximum' } as const;

/** reduce, row, softmaxAlong and logSumExp. All but reduce are divided among threads by rows. */
export function rowKernels({
  exports,
  team,
  heap,
  tables,
}: Machine): Pick<Kernels, 'reduce' | 'row' | 'softmaxAlong' | 'logSumExp'> {
  return {
    reduce(kernel, x, out, outer, axis, inner) {
      checkReduce(kernel, x, out, outer, axis, inner);
      exports[floatOf(out).type][reductions[kernel]](
        heap.pointerOf(x),
        heap.pointerOf(out),
        outer,
        axis,
        inner,
      );
    },
    row(kernel, x, out, rows, columns) {
      checkRows(kernel, x, out, rows, columns, columns);
      const { type, bytes } = floatOf(out);
      const [from, to] = [heap.pointerOf(x), heap.pointerOf(out)];
      const row = columns * bytes;
      team.run(type, kernel, rowCut(rows, columns, EXPONENTIAL), (call, first, end, thread) =>
        call(from + first * row, to + first * row, end - first, columns, tables[thread]!),
      );
    },
    softmaxAlong(p, v, out, rows, columns) {
      checkRows('softmaxAlong', p, out, rows, columns, columns);
      checkRows('softmaxAlong', v, out, rows, columns, columns);
      const { type, bytes } = floatOf(out);
      const [at, along, to] = [heap.pointerOf(p), heap.pointerOf(v), heap.pointerOf(out)];
      team.run(type, 'softmaxAlong', rowCut(rows, columns, SIMPLE), (call, first, end) => {
        const skip = first * columns * bytes;
        return call(at + skip, along + skip, to + skip, end - first, columns);
      });
    },
    logSumExp(x, out, rows, columns) {
      checkRows('logSumExp', x, out, rows, columns, 1);
      const { type, bytes } = floatOf(out);
      const [from, to] = [heap.pointerOf(x), heap.pointerOf(out)];
      team.run(type, 'logSumExp', rowCut(rows, columns, EXPONENTIAL), (call, first, end, thread) =>
        call(from + first * columns * bytes, to + first * bytes, end - first, columns, tables[thread]!),
      );
    },
  };
}
