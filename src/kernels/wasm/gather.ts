// Gather and scatter-add of rows on WebAssembly memory; the loops check every index.
import { checkGather, indexError } from '../checks.ts';
import type { KernelBuffer, Kernels } from '../interface.ts';
import type { Machine } from './machine.ts';

/** gather, scatterAdd. */
export function gatherKernels({ exports, heap }: Machine): Pick<Kernels, 'gather' | 'scatterAdd'> {
  function report(kernel: string, bad: number, indices: KernelBuffer, rows: number): void {
    if (bad >= 0) throw indexError(kernel, bad, heap.read(indices)[bad]!, rows);
  }
  return {
    gather(x, indices, out, width) {
      const rows = checkGather('gather', x, indices, out, width);
      if (width === 0) return;
      const rowBytes = width * (x.dtype === 'f32' ? 4 : 8);
      const bad = exports.gatherRows(
        heap.pointerOf(x),
        heap.pointerOf(indices),
        heap.pointerOf(out),
        indices.length,
        rows,
        rowBytes,
      );
      report('gather', bad, indices, rows);
    },
    scatterAdd(updates, indices, out, width) {
      const rows = checkGather('scatterAdd', out, indices, updates, width);
      if (width === 0) return;
      const f32 = out.dtype === 'f32';
      const run = f32 ? exports.scatterAddF32 : exports.scatterAddF64;
      const bad = run(
        heap.pointerOf(updates),
        heap.pointerOf(indices),
        heap.pointerOf(out),
        indices.length,
        rows,
        width * (f32 ? 4 : 8),
      );
      report('scatterAdd', bad, indices, rows);
    },
  };
}
