// Gather and scatter-add of rows on WebAssembly memory. The loops check every index.
import { checkGather, indexError } from '../checks.ts';
import type { KernelBuffer, Kernels } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';

/** gather and scatterAdd. */
export function gatherKernels({ exports, heap }: Machine): Pick<Kernels, 'gather' | 'scatterAdd'> {
  function report(kernel: string, bad: number, indices: KernelBuffer, rows: number): void {
    if (bad >= 0) throw indexError(kernel, bad, heap.read(indices)[bad]!, rows);
  }
  return {
    gather(x, indices, out, width) {
      const rows = checkGather('gather', x, indices, out, width);
      if (width === 0) return;
      const rowBytes = width * floatOf(x).bytes;
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
      const { type, bytes } = floatOf(out);
      const bad = exports[type].scatterAdd(
        heap.pointerOf(updates),
        heap.pointerOf(indices),
        heap.pointerOf(out),
        indices.length,
        rows,
        width * bytes,
      );
      report('scatterAdd', bad, indices, rows);
    },
  };
}
