// Matrix products on WebAssembly memory.
import { checkLinear, checkLinearAdd, checkMatmul } from '../checks.ts';
import type { KernelBuffer, Kernels, MatmulForm, MatmulSizes } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';

/** Codes of assembly/matmul.ts. */
const formCodes: Record<MatmulForm, number> = { nn: 0, tn: 1, nt: 2 };

/** What is divided among threads, and how many elements apart its units lie in A, B, C and the bias. */
interface MatmulCut {
  readonly along: 'batch' | 'm' | 'n';
  /** No tile is cut. */
  readonly grain: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly bias: number;
}

/** Divides by products if there are several, otherwise by rows or columns of C, whichever are more. */
function cutOf(form: MatmulForm, { batch, m, n, k }: MatmulSizes): MatmulCut {
  if (batch > 1) return { along: 'batch', grain: 1, a: m * k, b: k * n, c: m * n, bias: 0 };
  if (m >= n) return { along: 'm', grain: 4, a: form === 'tn' ? 1 : k, b: 0, c: n, bias: 0 };
  return { along: 'n', grain: 16, a: 0, b: form === 'nt' ? k : 1, c: 1, bias: 1 };
}

/** matmul, linear and linearAdd, and the tiles that they use. */
export function matmulKernels({
  team,
  heap,
  scratch,
  tiles,
}: Machine): Pick<Kernels, 'matmul' | 'linear' | 'linearAdd' | 'choices'> {
  function multiply(
    form: MatmulForm,
    a: KernelBuffer,
    b: KernelBuffer,
    out: KernelBuffer,
    sizes: MatmulSizes,
    bias?: KernelBuffer,
    residual?: KernelBuffer,
  ): void {
    const { batch, m, n, k } = sizes;
    const { type, bytes } = floatOf(out);
    const [left, right, to] = [heap.pointerOf(a), heap.pointerOf(b), heap.pointerOf(out)];
    const from = bias === undefined ? 0 : heap.pointerOf(bias);
    const added = residual === undefined ? 0 : heap.pointerOf(residual);
    const code = formCodes[form];
    const [aColumns, bColumns] = [form === 'tn' ? m : k, form === 'nt' ? k : n];
    const cut = cutOf(form, sizes);
    const { along, grain } = cut;
    const units = sizes[along];
    tiles.time(type, form, sizes, ([tall, wide]) => {
      team.run(type, 'matmul', { units, work: batch * m * n * k, grain }, (call, first, end, thread) => {
        const skip = first * bytes;
        const count = end - first;
        return call(
          code,
          left + skip * cut.a,
          right + skip * cut.b,
          to + skip * cut.c,
          along === 'batch' ? count : batch,
          along === 'm' ? count : m,
          along === 'n' ? count : n,
          k,
          aColumns,
          bColumns,
          n,
          bias === undefined ? 0 : from + skip * cut.bias,
          residual === undefined ? 0 : added + skip * cut.c,
          scratch[thread]!,
          tall,
          wide,
        );
      });
    });
  }
  return {
    matmul(form, a, b, out, sizes) {
      checkMatmul(form, a, b, out, sizes);
      multiply(form, a, b, out, sizes);
    },
    linear(x, weight, bias, out, sizes) {
      checkLinear(x, weight, bias, out, sizes);
      multiply('nn', x, weight, out, { batch: 1, ...sizes }, bias);
    },
    linearAdd(x, weight, bias, residual, out, sizes) {
      checkLinearAdd(x, weight, bias, residual, out, sizes);
      multiply('nn', x, weight, out, { batch: 1, ...sizes }, bias, residual);
    },
    choices: () => tiles.choices(),
  };
}
