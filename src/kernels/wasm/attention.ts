// Causal attention on WebAssembly memory. Its scratch memory grows with the sequence, so that it is taken for the call and
// given back: the allocator hands out the same block the next time.
import { checkAttention } from '../checks.ts';
import type { AttentionSizes, CausalForm, Kernels } from '../interface.ts';
import type { Machine } from './machine.ts';

/** Codes of assembly/attention.ts. */
const formCodes: Record<CausalForm, number> = { scores: 0, mix: 1, spread: 2 };

/** attentionWeights, causalProduct. */
export function attentionKernels({
  exports,
  heap,
  tables,
}: Machine): Pick<Kernels, 'attentionWeights' | 'causalProduct'> {
  function withScratch(
    { length, width }: AttentionSizes,
    elementBytes: number,
    run: (scratch: number) => void,
  ): void {
    const bytes = exports.attentionScratchBytes(length, width, elementBytes);
    const scratch = heap.allocate('i32', bytes / 4);
    try {
      run(heap.pointerOf(scratch));
    } finally {
      heap.release(scratch);
    }
  }

  return {
    attentionWeights(query, key, out, sizes) {
      checkAttention('attentionWeights', [query, key], out, sizes);
      const { batch, heads, length, width } = sizes;
      const bytes = out.dtype === 'f32' ? 4 : 8;
      const run = bytes === 4 ? exports.attentionWeightsF32 : exports.attentionWeightsF64;
      const [q, k, to] = [heap.pointerOf(query), heap.pointerOf(key), heap.pointerOf(out)];
      const [row, triangleRow] = [heads * width * bytes, heads * length * bytes];
      withScratch(sizes, bytes, (scratch) =>
        run(q, k, to, batch, heads, length, width, row, triangleRow, scratch, tables),
      );
    },
    causalProduct(form, a, b, out, sizes, scale) {
      if (form === 'scores') checkAttention('causalProduct scores', [a, b], out, sizes);
      else checkAttention(`causalProduct ${form}`, [b, out], a, sizes);
      const { batch, heads, length, width } = sizes;
      const bytes = out.dtype === 'f32' ? 4 : 8;
      const run = bytes === 4 ? exports.causalProductF32 : exports.causalProductF64;
      const [left, right, to] = [heap.pointerOf(a), heap.pointerOf(b), heap.pointerOf(out)];
      const [row, triangleRow] = [heads * width * bytes, heads * length * bytes];
      const code = formCodes[form];
      withScratch(sizes, bytes, (scratch) =>
        run(code, left, right, to, batch, heads, length, width, row, triangleRow, scale, scratch),
      );
    },
  };
}
