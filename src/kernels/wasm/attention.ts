// Causal attention on WebAssembly memory. Its scratch memory grows with the sequence, so each call allocates it and releases
// it again; the allocator hands out the same block the next time.
import { checkAttention } from '../checks.ts';
import type { AttentionSizes, CausalForm, Kernels } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';
import type { Cut } from './team/team.ts';

/** Codes of assembly/attention.ts. */
const formCodes: Record<CausalForm, number> = { scores: 0, mix: 1, spread: 2 };

/** attentionWeights and causalProduct, divided among threads by sequences. */
export function attentionKernels({
  exports,
  team,
  heap,
  tables,
}: Machine): Pick<Kernels, 'attentionWeights' | 'causalProduct'> {
  /** Multiply-adds of one of the products, without the masked half. */
  function cut({ batch, heads, length, width }: AttentionSizes): Cut {
    return { units: batch, work: (batch * heads * length * (length + 1) * width) / 2, grain: 1 };
  }
  /** Runs a kernel with one block of scratch memory for each thread. The kernel gets the address of the first block and the distance between blocks. */
  function withScratch(
    { length, width }: AttentionSizes,
    elementBytes: number,
    run: (scratch: number, bytes: number) => void,
  ): void {
    const bytes = Math.ceil(exports.attentionScratchBytes(length, width, elementBytes) / 16) * 16;
    const scratch = heap.allocate('i32', (team.threads * bytes) / 4);
    try {
      run(heap.pointerOf(scratch), bytes);
    } finally {
      heap.release(scratch);
    }
  }

  return {
    attentionWeights(query, key, out, sizes) {
      checkAttention('attentionWeights', [query, key], out, sizes);
      const { heads, length, width, window = length } = sizes;
      const { type, bytes } = floatOf(out);
      const [q, k, to] = [heap.pointerOf(query), heap.pointerOf(key), heap.pointerOf(out)];
      const [row, triangleRow] = [heads * width * bytes, heads * length * bytes];
      withScratch(sizes, bytes, (scratch, distance) =>
        team.run(type, 'attentionWeights', cut(sizes), (call, first, end, thread) => {
          const [rows, triangles] = [first * length * row, first * length * triangleRow];
          return call(
            q + rows,
            k + rows,
            to + triangles,
            end - first,
            heads,
            length,
            width,
            Math.min(window, length),
            row,
            triangleRow,
            scratch + thread * distance,
            tables[thread]!,
          );
        }),
      );
    },
    causalProduct(form, a, b, out, sizes, scale) {
      if (form === 'scores') checkAttention('causalProduct scores', [a, b], out, sizes);
      else checkAttention(`causalProduct ${form}`, [b, out], a, sizes);
      const { heads, length, width } = sizes;
      const { type, bytes } = floatOf(out);
      const [left, right, to] = [heap.pointerOf(a), heap.pointerOf(b), heap.pointerOf(out)];
      const [row, triangleRow] = [heads * width * bytes, heads * length * bytes];
      const [leftRow, outRow] = form === 'scores' ? [row, triangleRow] : [triangleRow, row];
      const code = formCodes[form];
      withScratch(sizes, bytes, (scratch, distance) =>
        team.run(type, 'causalProduct', cut(sizes), (call, first, end, thread) => {
          const skip = first * length;
          return call(
            code,
            left + skip * leftRow,
            right + skip * row,
            to + skip * outRow,
            end - first,
            heads,
            length,
            width,
            row,
            triangleRow,
            scale,
            scratch + thread * distance,
          );
        }),
      );
    },
  };
}
