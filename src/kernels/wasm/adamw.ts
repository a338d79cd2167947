// A step of AdamW and the sum of squares for clipping on WebAssembly memory. Each is one call over all parameters.
import type { KernelBuffer, Kernels } from '../interface.ts';
import { checkAdamW, checkSquareSum } from '../optimiserChecks.ts';
import { paddedBytes } from './elementwise.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';

/** Multiply-adds that take as long as a vector of AdamW (a division, a root, eight streams of memory), and as a vector of squares. */
const PER_VECTOR = 48;
const PER_SQUARES = 4;

/** Where each buffer begins, in vectors, when all are put one after the other; then the end of the last one. */
function startsOf(buffers: readonly KernelBuffer[]): number[] {
  const starts = [0];
  for (const [i, buffer] of buffers.entries()) starts.push(starts[i]! + paddedBytes(buffer) / 16);
  return starts;
}

/** adamw and squareSum. adamw is divided among threads by vectors of all parameters, squareSum by parameters, so that no sum is cut. */
export function optimiserKernels({ exports, team, heap }: Machine): Pick<Kernels, 'adamw' | 'squareSum'> {
  /** Calls `body` with a function that puts rows of numbers where the module can read them. */
  function withTables(body: (put: (values: readonly number[]) => number) => void): void {
    const tables: KernelBuffer[] = [];
    try {
      body((values) => {
        const table = heap.allocate('f64', values.length);
        tables.push(table);
        heap.write(table, values);
        return table.pointer;
      });
    } finally {
      for (const table of tables) heap.release(table);
    }
  }
  return {
    adamw(operands, out, { beta1, beta2, epsilon, rate, t, scale }) {
      checkAdamW(operands, out, scale);
      if (operands.length === 0) return;
      const factor = scale === undefined ? 0 : heap.pointerOf(scale);
      const [correction1, correction2] = [1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)];
      const pointers = operands.map(({ gradient, mean, square, parameter }, i) =>
        [gradient, mean, square, parameter, out[i]!.update, out[i]!.mean, out[i]!.square].map((buffer) =>
          heap.pointerOf(buffer),
        ),
      );
      const starts = startsOf(operands.map(({ gradient }) => gradient));
      const vectors = starts.at(-1)!;
      const cut = { units: vectors, work: vectors * PER_VECTOR, grain: 16 };
      withTables((put) => {
        team.run(floatOf(out[0]!.update).type, 'adamw', cut, (call, first, end) => {
          const table: number[] = [];
          for (const [i, { decay }] of operands.entries()) {
            const from = Math.max(first, starts[i]!);
            const to = Math.min(end, starts[i + 1]!);
            if (from >= to) continue;
            const skip = 16 * (from - starts[i]!);
            table.push(...pointers[i]!.map((pointer) => pointer + skip), 16 * (to - from), decay);
          }
          return call(
            put(table),
            table.length / 9,
            factor,
            beta1,
            beta2,
            1 - beta1,
            1 - beta2,
            correction1,
            correction2,
            epsilon,
            -rate,
          );
        });
      });
    },
    squareSum(operands, out) {
      checkSquareSum(operands, out);
      const { type, bytes } = floatOf(out);
      const starts = startsOf(operands);
      const vectors = starts.at(-1)!;
      const partials = heap.allocate(out.dtype, operands.length);
      const cut = { units: vectors, work: vectors * PER_SQUARES, grain: 16 };
      withTables((put) => {
        team.run(type, 'squareSums', cut, (call, from, to) => {
          // The operands that begin in this part. Empty operands at the very end belong to the last part.
          const last = to === vectors ? operands.length : starts.findIndex((start) => start >= to);
          const begin = starts.findIndex((start) => start >= from);
          const mine = operands.slice(begin, last);
          const table = mine.flatMap((operand) => [heap.pointerOf(operand), operand.length]);
          return call(put(table), partials.pointer + begin * bytes, mine.length);
        });
      });
      exports[type].addPartials(partials.pointer, operands.length, heap.pointerOf(out));
      heap.release(partials);
    },
  };
}
