// Cross-entropy on WebAssembly memory.
import { checkRows, checkTargets, targetError } from '../checks.ts';
import type { KernelBuffer, Kernels } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';
import { rowCut } from './rowCut.ts';

/** Multiply-adds that take as long as an element. */
const ENTROPY = 16;

/** crossEntropy and crossEntropyVjp, divided among threads by rows. The loops check every target. */
export function crossEntropyKernels({
  team,
  heap,
  tables,
}: Machine): Pick<Kernels, 'crossEntropy' | 'crossEntropyVjp'> {
  /** Each part returns its first row with a bad target, or −1. */
  function report(
    kernel: string,
    bad: readonly number[],
    starts: readonly number[],
    targets: KernelBuffer,
    columns: number,
  ): void {
    const part = bad.findIndex((row) => row >= 0);
    if (part < 0) return;
    const row = starts[part]! + bad[part]!;
    throw targetError(kernel, row, heap.read(targets)[row]!, columns);
  }
  return {
    crossEntropy(x, targets, out, rows, columns) {
      checkTargets('crossEntropy', x, targets, out, rows, columns);
      const { type, bytes } = floatOf(out);
      const [from, at, to] = [heap.pointerOf(x), heap.pointerOf(targets), heap.pointerOf(out)];
      const starts: number[] = [];
      const bad = team.run(
        type,
        'crossEntropy',
        rowCut(rows, columns, ENTROPY),
        (call, first, end, thread) => {
          starts[thread] = first;
          const row = from + first * columns * bytes;
          return call(row, at + first * 4, to + first * bytes, end - first, columns, tables[thread]!);
        },
      );
      report('crossEntropy', bad, starts, targets, columns);
    },
    crossEntropyVjp(x, targets, cotangent, out, rows, columns) {
      checkTargets('crossEntropyVjp', x, targets, cotangent, rows, columns);
      checkRows('crossEntropyVjp', x, out, rows, columns, columns);
      const { type, bytes } = floatOf(out);
      const [from, at, to] = [heap.pointerOf(x), heap.pointerOf(targets), heap.pointerOf(out)];
      const along = heap.pointerOf(cotangent);
      const starts: number[] = [];
      const bad = team.run(
        type,
        'crossEntropyVjp',
        rowCut(rows, columns, ENTROPY),
        (call, first, end, thread) => {
          starts[thread] = first;
          const skip = first * columns * bytes;
          const [row, target, factor] = [from + skip, at + first * 4, along + first * bytes];
          return call(row, target, factor, to + skip, end - first, columns, tables[thread]!);
        },
      );
      report('crossEntropyVjp', bad, starts, targets, columns);
    },
  };
}
