// Layer norm, cross-entropy and the causal mask on WebAssembly memory.
import { checkNorm, checkRows, checkTargets, targetError } from '../checks.ts';
import type { KernelBuffer, Kernels } from '../interface.ts';
import type { Machine } from './machine.ts';

/** layerNorm, layerNormVjp, layerNormScaleVjp. */
export function normKernels({
  exports,
  heap,
}: Machine): Pick<Kernels, 'layerNorm' | 'layerNormVjp' | 'layerNormScaleVjp'> {
  const pointers = (buffers: readonly KernelBuffer[]): number[] => buffers.map((b) => heap.pointerOf(b));
  return {
    layerNorm(x, gamma, beta, out, sizes) {
      checkNorm('layerNorm', [x, out], [gamma, beta], sizes);
      const run = out.dtype === 'f32' ? exports.layerNormF32 : exports.layerNormF64;
      const [from, scale, shift, to] = pointers([x, gamma, beta, out]);
      run(from!, scale!, shift!, to!, sizes.rows, sizes.columns, sizes.epsilon);
    },
    layerNormVjp(x, gamma, cotangent, out, sizes) {
      checkNorm('layerNormVjp', [x, cotangent, out], [gamma], sizes);
      const run = out.dtype === 'f32' ? exports.layerNormVjpF32 : exports.layerNormVjpF64;
      const [from, scale, along, to] = pointers([x, gamma, cotangent, out]);
      run(from!, scale!, along!, to!, sizes.rows, sizes.columns, sizes.epsilon);
    },
    layerNormScaleVjp(x, cotangent, out, sizes) {
      checkNorm('layerNormScaleVjp', [x, cotangent], [out], sizes);
      const run = out.dtype === 'f32' ? exports.layerNormScaleVjpF32 : exports.layerNormScaleVjpF64;
      const [from, along, to] = pointers([x, cotangent, out]);
      run(from!, along!, to!, sizes.rows, sizes.columns, sizes.epsilon);
    },
  };
}

/** crossEntropy, crossEntropyVjp; the loops check every target. */
export function crossEntropyKernels({
  exports,
  heap,
  tables,
}: Machine): Pick<Kernels, 'crossEntropy' | 'crossEntropyVjp'> {
  function report(kernel: string, bad: number, targets: KernelBuffer, columns: number): void {
    if (bad >= 0) throw targetError(kernel, bad, heap.read(targets)[bad]!, columns);
  }
  return {
    crossEntropy(x, targets, out, rows, columns) {
      checkTargets('crossEntropy', x, targets, out, rows, columns);
      const run = out.dtype === 'f32' ? exports.crossEntropyF32 : exports.crossEntropyF64;
      const [from, at, to] = [heap.pointerOf(x), heap.pointerOf(targets), heap.pointerOf(out)];
      report('crossEntropy', run(from, at, to, rows, columns, tables[0]!), targets, columns);
    },
    crossEntropyVjp(x, targets, cotangent, out, rows, columns) {
      checkTargets('crossEntropyVjp', x, targets, cotangent, rows, columns);
      checkRows('crossEntropyVjp', x, out, rows, columns, columns);
      const run = out.dtype === 'f32' ? exports.crossEntropyVjpF32 : exports.crossEntropyVjpF64;
      const [from, at, to] = [heap.pointerOf(x), heap.pointerOf(targets), heap.pointerOf(out)];
      const bad = run(from, at, heap.pointerOf(cotangent), to, rows, columns, tables[0]!);
      report('crossEntropyVjp', bad, targets, columns);
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
