// Matrix products on WebAssembly memory.
import { checkLinear, checkMatmul, type MatmulSizes } from '../checks.ts';
import type { KernelBuffer, Kernels, MatmulForm } from '../interface.ts';
import type { Machine } from './machine.ts';

/** Codes of assembly/matmul.ts: the form, and what the sums start from. */
const formCodes: Record<MatmulForm, number> = { nn: 0, tn: 1, nt: 2 };
const FROM_ZERO = 0;
const FROM_OUT = 1;
const FROM_BIAS = 2;

/** What is shared out among threads: units, and how far apart they lie in A, B, C and the bias. */
interface Cut {
  readonly units: number;
  /** No tile is cut. */
  readonly grain: number;
  readonly steps: readonly [a: number, b: number, c: number, bias: number];
  /** Sizes of a part of so many units. */
  part(count: number): readonly [batch: number, m: number, n: number, k: number];
}

/** By products if there are several, else by rows or columns of C, whichever are more. Steps are in elements. */
function cutOf(form: MatmulForm, { batch, m, n, k }: MatmulSizes): Cut {
  if (batch > 1) {
    return { units: batch, grain: 1, steps: [m * k, k * n, m * n, 0], part: (count) => [count, m, n, k] };
  }
  if (m >= n) {
    const steps = [form === 'tn' ? 1 : k, 0, n, 0] as const;
    return { units: m, grain: 4, steps, part: (count) => [batch, count, n, k] };
  }
  return {
    units: n,
    grain: 16,
    steps: [0, form === 'nt' ? k : 1, 1, 1],
    part: (count) => [batch, m, count, k],
  };
}

/** matmul, linear, and which tiles they use. */
export function matmulKernels({
  team,
  heap,
  scratch,
  tiles,
}: Machine): Pick<Kernels, 'matmul' | 'linear' | 'choices'> {
  function multiply(
    form: MatmulForm,
    a: KernelBuffer,
    b: KernelBuffer,
    out: KernelBuffer,
    sizes: MatmulSizes,
    start: number,
    bias?: KernelBuffer,
  ): void {
    const { batch, m, n, k } = sizes;
    const [name, bytes] = out.dtype === 'f32' ? (['matmulF32', 4] as const) : (['matmulF64', 8] as const);
    const [left, right, to] = [heap.pointerOf(a), heap.pointerOf(b), heap.pointerOf(out)];
    const from = bias === undefined ? 0 : heap.pointerOf(bias);
    const code = formCodes[form];
    const [aColumns, bColumns] = [form === 'tn' ? m : k, form === 'nt' ? k : n];
    const { units, grain, steps, part } = cutOf(form, sizes);
    const [aStep, bStep, cStep, biasStep] = steps;
    tiles.time(out.dtype, form, sizes, ([tall, wide]) => {
      team.run(name, { units, work: batch * m * n * k, grain }, (first, end, thread) => {
        const skip = first * bytes;
        const operands = [left + skip * aStep, right + skip * bStep, to + skip * cStep];
        const columns = [aColumns, bColumns, n];
        const rest = [start, from + skip * biasStep, scratch[thread]!, tall, wide];
        return [code, ...operands, ...part(end - first), ...columns, ...rest];
      });
    });
  }
  return {
    matmul(form, a, b, out, sizes, accumulate) {
      checkMatmul(form, a, b, out, sizes);
      multiply(form, a, b, out, sizes, accumulate ? FROM_OUT : FROM_ZERO);
    },
    linear(x, weight, bias, out, sizes) {
      checkLinear(x, weight, bias, out, sizes);
      multiply('nn', x, weight, out, { batch: 1, ...sizes }, FROM_BIAS, bias);
    },
    choices: () => tiles.choices(),
  };
}
