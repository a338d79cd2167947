// Matrix products on WebAssembly memory.
import { checkMatmul } from '../checks.ts';
import type { Kernels, MatmulForm } from '../interface.ts';
import type { Machine } from './machine.ts';

/** Codes of assembly/matmul.ts. */
const formCodes: Record<MatmulForm, number> = { nn: 0, tn: 1, nt: 2 };

/** matmul. */
export function matmulKernels({
  exports,
  heap,
  scratch,
  tiles,
}: Machine): Pick<Kernels, 'matmul' | 'choices'> {
  return {
    matmul(form, a, b, out, sizes, accumulate) {
      checkMatmul(form, a, b, out, sizes);
      const run = out.dtype === 'f32' ? exports.matmulF32 : exports.matmulF64;
      const [left, right, to] = [heap.pointerOf(a), heap.pointerOf(b), heap.pointerOf(out)];
      const { batch, m, n, k } = sizes;
      const [aColumns, bColumns] = [form === 'tn' ? m : k, form === 'nt' ? k : n];
      tiles.time(out.dtype, form, sizes, ([tall, wide]) =>
        run(
          ...([formCodes[form], left, right, to, batch, m, n, k] as const),
          ...([aColumns, bColumns, n, accumulate ? 1 : 0, 0, scratch, tall, wide] as const),
        ),
      );
    },
    choices: () => tiles.choices(),
  };
}
