// Strided reads and writes on WebAssembly memory. Axes of extent 1 are dropped and neighbouring axes that form one run are
// merged, so that the kernel sees long runs. A permutation of heads becomes rows of contiguous elements; a slice of rows
// becomes a single copy.
import { checkStrided } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import { MAXIMUM_OUTER_AXES, type Machine } from './machine.ts';

/** A view with as few axes as possible, the innermost last. */
interface View {
  readonly extents: number[];
  readonly strides: number[];
}

/** Drops axes of extent 1 and merges axis d into d + 1 where strides[d] = extent[d+1]·strides[d+1]. */
export function mergeAxes(shape: readonly number[], strides: readonly number[]): View {
  const view: View = { extents: [], strides: [] };
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] === 1) continue;
    const last = view.extents.length - 1;
    if (last >= 0 && view.strides[last] === shape[d]! * strides[d]!) {
      view.extents[last]! *= shape[d]!;
      view.strides[last] = strides[d]!;
    } else {
      view.extents.push(shape[d]!);
      view.strides.push(strides[d]!);
    }
  }
  return view;
}

/** gatherStrided and scatterStrided. */
export function stridedKernels({
  exports,
  heap,
  axes,
}: Machine): Pick<Kernels, 'gatherStrided' | 'scatterStrided'> {
  /** Writes the outer axes for the kernel. Returns the arguments that describe the view. */
  function describe(
    kernel: string,
    shape: readonly number[],
    strides: readonly number[],
  ): [number, number, number, number, number, number, number] {
    const view = mergeAxes(shape, strides);
    const columns = view.extents.pop() ?? 1;
    const columnStride = view.strides.pop() ?? 1;
    const rows = view.extents.pop() ?? 1;
    const rowStride = view.strides.pop() ?? 0;
    const outer = view.extents.length;
    if (outer > MAXIMUM_OUTER_AXES) {
      throw new Error(
        `${kernel}: ${shape.length} axes, more than ${MAXIMUM_OUTER_AXES + 2} of them irreducible`,
      );
    }
    const words = heap.words();
    let planes = 1;
    for (let d = 0; d < outer; d++) {
      words[axes / 4 + 3 * d] = view.extents[d]!;
      words[axes / 4 + 3 * d + 1] = view.strides[d]!;
      words[axes / 4 + 3 * d + 2] = 0;
      planes *= view.extents[d]!;
    }
    return [planes, rows, columns, rowStride, columnStride, axes, outer];
  }
  return {
    gatherStrided(x, out, shape, strides, offset) {
      checkStrided('gatherStrided', out, x, shape, strides, offset);
      if (out.length === 0) return;
      const { type, bytes } = floatOf(x);
      const from = heap.pointerOf(x) + offset * bytes;
      exports[type].readStrided(from, heap.pointerOf(out), ...describe('gatherStrided', shape, strides));
    },
    scatterStrided(x, out, shape, strides, offset) {
      checkStrided('scatterStrided', x, out, shape, strides, offset);
      if (x.length === 0) return;
      const { type, bytes } = floatOf(x);
      const to = heap.pointerOf(out) + offset * bytes;
      exports[type].writeStrided(heap.pointerOf(x), to, ...describe('scatterStrided', shape, strides));
    },
  };
}
