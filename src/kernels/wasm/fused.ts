// Layer norm, cross-entropy and the causal mask on WebAssembly memory.
import { checkNorm, checkRows, checkTargets, targetError } from '../checks.ts';
import type { KernelBuffer, Kernels } from '../interface.ts';
import type { Machine } from './machine.ts';
import { rowCut } from './rowCut.ts';

/** Multiply-adds that take as long as an element of a layer norm, and as one of a cross-entropy. */
const NORM = 8;
const ENTROPY = 16;

/** layerNorm, layerNormVjp, shared out by rows, and layerNormScaleVjp, which adds them up. */
export function normKernels({
  exports,
  team,
  heap,
}: Machine): Pick<Kernels, 'layerNorm' | 'layerNormVjp' | 'layerNormScaleVjp'> {
  const pointers = (buffers: readonly KernelBuffer[]): number[] => buffers.map((b) => heap.pointerOf(b));
  return {
    layerNorm(x, gamma, beta, out, { rows, columns, epsilon }) {
      checkNorm('layerNorm', [x, out], [gamma, beta], { rows, columns, epsilon });
      const [name, size] =
        out.dtype === 'f32' ? (['layerNormF32', 4] as const) : (['layerNormF64', 8] as const);
      const [from, scale, shift, to] = pointers([x, gamma, beta, out]) as [number, number, number, number];
      team.run(name, rowCut(rows, columns, NORM), (call, first, end) => {
        const skip = first * columns * size;
        return call(from + skip, scale, shift, to + skip, end - first, columns, epsilon);
      });
    },
    layerNormVjp(x, gamma, cotangent, out, { rows, columns, epsilon }) {
      checkNorm('layerNormVjp', [x, cotangent, out], [gamma], { rows, columns, epsilon });
      const [name, size] =
        out.dtype === 'f32' ? (['layerNormVjpF32', 4] as const) : (['layerNormVjpF64', 8] as const);
      const [from, scale, along, to] = pointers([x, gamma, cotangent, out]) as [
        number,
        number,
        number,
        number,
      ];
      team.run(name, rowCut(rows, columns, NORM), (call, first, end) => {
        const skip = first * columns * size;
        return call(from + skip, scale, along + skip, to + skip, end - first, columns, epsilon);
      });
    },
    layerNormScaleVjp(x, cotangent, out, sizes) {
      checkNorm('layerNormScaleVjp', [x, cotangent], [out], sizes);
      const run = out.dtype === 'f32' ? exports.layerNormScaleVjpF32 : exports.layerNormScaleVjpF64;
      const [from, along, to] = pointers([x, cotangent, out]);
      run(from!, along!, to!, sizes.rows, sizes.columns, sizes.epsilon);
    },
  };
}

/** crossEntropy, crossEntropyVjp, shared out by rows; the loops check every target. */
export function crossEntropyKernels({
  team,
  heap,
  tables,
}: Machine): Pick<Kernels, 'crossEntropy' | 'crossEntropyVjp'> {
  /** Each part says which of its rows is the first bad one, or −1. */
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
      const [name, size] =
        out.dtype === 'f32' ? (['crossEntropyF32', 4] as const) : (['crossEntropyF64', 8] as const);
      const [from, at, to] = [heap.pointerOf(x), heap.pointerOf(targets), heap.pointerOf(out)];
      const starts: number[] = [];
      const bad = team.run(name, rowCut(rows, columns, ENTROPY), (call, first, end, thread) => {
        starts[thread] = first;
        const row = from + first * columns * size;
        return call(row, at + first * 4, to + first * size, end - first, columns, tables[thread]!);
      });
      report('crossEntropy', bad, starts, targets, columns);
    },
    crossEntropyVjp(x, targets, cotangent, out, rows, columns) {
      checkTargets('crossEntropyVjp', x, targets, cotangent, rows, columns);
      checkRows('crossEntropyVjp', x, out, rows, columns, columns);
      const [name, size] =
        out.dtype === 'f32' ? (['crossEntropyVjpF32', 4] as const) : (['crossEntropyVjpF64', 8] as const);
      const [from, at, to] = [heap.pointerOf(x), heap.pointerOf(targets), heap.pointerOf(out)];
      const along = heap.pointerOf(cotangent);
      const starts: number[] = [];
      const bad = team.run(name, rowCut(rows, columns, ENTROPY), (call, first, end, thread) => {
        starts[thread] = first;
        const skip = first * columns * size;
        const [row, target, factor] = [from + skip, at + first * 4, along + first * size];
        return call(row, target, factor, to + skip, end - first, columns, tables[thread]!);
      });
      report('crossEntropyVjp', bad, starts, targets, columns);
    },
  };
}

/** maskAbove. */
export function maskKernels({ exports, heap }: Machine): Pick<Kernels, 'maskAbove'> {
  return {
    maskAbove(x, out, planes, side, value) {
      checkRows('maskAbove', x, out, planes * side, side, side);
      const run = out.dtype === 'f32' ? exports.maskAboveF32 : exports.maskAboveF64;
      run(heap.pointerOf(x), heap.pointerOf(out), planes, side, value);
    },
  };
}
