// RMS norm on WebAssembly memory.
import { checkNorm } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';
import { rowCut } from './rowCut.ts';

/** Multiply-adds that take as long as an element. */
const NORM = 6;

/** rmsNorm and rmsNormVjp, divided among threads by rows, and rmsNormScaleVjp, which adds the rows up. */
export function rmsNormKernels({
  exports,
  team,
  heap,
}: Machine): Pick<Kernels, 'rmsNorm' | 'rmsNormVjp' | 'rmsNormScaleVjp'> {
  return {
    rmsNorm(x, gamma, out, sizes) {
      checkNorm('rmsNorm', [x, out], [gamma], sizes);
      const { rows, columns, epsilon } = sizes;
      const { type, bytes } = floatOf(out);
      const [from, scale, to] = [heap.pointerOf(x), heap.pointerOf(gamma), heap.pointerOf(out)];
      team.run(type, 'rmsNorm', rowCut(rows, columns, NORM), (call, first, end) => {
        const skip = first * columns * bytes;
        return call(from + skip, scale, to + skip, end - first, columns, epsilon);
      });
    },
    rmsNormVjp(x, gamma, cotangent, out, sizes) {
      checkNorm('rmsNormVjp', [x, cotangent, out], [gamma], sizes);
      const { rows, columns, epsilon } = sizes;
      const { type, bytes } = floatOf(out);
      const [from, scale] = [heap.pointerOf(x), heap.pointerOf(gamma)];
      const [along, to] = [heap.pointerOf(cotangent), heap.pointerOf(out)];
      team.run(type, 'rmsNormVjp', rowCut(rows, columns, NORM), (call, first, end) => {
        const skip = first * columns * bytes;
        return call(from + skip, scale, along + skip, to + skip, end - first, columns, epsilon);
      });
    },
    rmsNormScaleVjp(x, cotangent, out, sizes) {
      checkNorm('rmsNormScaleVjp', [x, cotangent], [out], sizes);
      const [from, along, to] = [heap.pointerOf(x), heap.pointerOf(cotangent), heap.pointerOf(out)];
      exports[floatOf(out).type].rmsNormScaleVjp(from, along, to, sizes.rows, sizes.columns, sizes.epsilon);
    },
  };
}
