// Matrix products on WebAssembly memory.
import { checkMatmul } from '../checks.ts';
import type { Kernels, MatmulForm } from '../interface.ts';
import type { Machine } from './machine.ts';

/** Codes of assembly/matmul.ts. */
const formCodes: Record<MatmulForm, number> = { nn: 0, tn: 1, nt: 2 };

/** Rows of C a part begins at, and columns: no tile is cut. */
const ROW_GRAIN = 4;
const COLUMN_GRAIN = 16;

/** matmul. */
export function matmulKernels({ team, heap, scratch, tiles }: Machine): Pick<Kernels, 'matmul' | 'choices'> {
  return {
    matmul(form, a, b, out, sizes, accumulate) {
      checkMatmul(form, a, b, out, sizes);
      const { batch, m, n, k } = sizes;
      const name = out.dtype === 'f32' ? 'matmulF32' : 'matmulF64';
      const bytes = out.dtype === 'f32' ? 4 : 8;
      const [left, right, to] = [heap.pointerOf(a), heap.pointerOf(b), heap.pointerOf(out)];
      const [aColumns, bColumns] = [form === 'tn' ? m : k, form === 'nt' ? k : n];
      const code = formCodes[form];
      const start = accumulate ? 1 : 0;
      const work = batch * m * n * k;
      tiles.time(out.dtype, form, sizes, ([tall, wide]) => {
        if (batch > 1) {
          team.run(name, { units: batch, work, grain: 1 }, (from, end, thread) => {
            const [p, q, r] = [
              left + from * m * k * bytes,
              right + from * k * n * bytes,
              to + from * m * n * bytes,
            ];
            const strides = [aColumns, bColumns, n, start, 0, scratch[thread]!, tall, wide];
            return [code, p, q, r, end - from, m, n, k, ...strides];
          });
        } else if (m >= n) {
          // By rows of C: rows of A, or its columns where it is transposed.
          const aStep = (form === 'tn' ? 1 : k) * bytes;
          team.run(name, { units: m, work, grain: ROW_GRAIN }, (from, end, thread) => {
            const [p, r] = [left + from * aStep, to + from * n * bytes];
            const strides = [aColumns, bColumns, n, start, 0, scratch[thread]!, tall, wide];
            return [code, p, right, r, 1, end - from, n, k, ...strides];
          });
        } else {
          const bStep = (form === 'nt' ? k : 1) * bytes;
          team.run(name, { units: n, work, grain: COLUMN_GRAIN }, (from, end, thread) => {
            const [q, r] = [right + from * bStep, to + from * bytes];
            const strides = [aColumns, bColumns, n, start, 0, scratch[thread]!, tall, wide];
            return [code, left, q, r, 1, m, end - from, k, ...strides];
          });
        }
      });
    },
    choices: () => tiles.choices(),
  };
}
