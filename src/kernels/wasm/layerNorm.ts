// Layer norm on WebAssembly memory.
import { checkNorm } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';
import { rowCut } from './rowCut.ts';

/** Multiply-adds that take as long as an element. */
const NORM = 8;

/** layerNorm and layerNormVjp, divided among threads by rows, and layerNormScaleVjp, which adds the rows up. */
export function layerNormKernels({
  exports,
  team,
  heap,
}: Machine): Pick<Kernels, 'layerNorm' | 'layerNormVjp' | 'layerNormScaleVjp'> {
  return {
    layerNorm(x, gamma, beta, out, { rows, columns, epsilon }) {
      checkNorm('layerNorm', [x, out], [gamma, beta], { rows, columns, epsilon });
      const { type, bytes } = floatOf(out);
      const [from, scale] = [heap.pointerOf(x), heap.pointerOf(gamma)];
      const [shift, to] = [heap.pointerOf(beta), heap.pointerOf(out)];
      team.run(type, 'layerNorm', rowCut(rows, columns, NORM), (call, first, end) => {
        const skip = first * columns * bytes;
        return call(from + skip, scale, shift, to + skip, end - first, columns, epsilon);
      });
    },
    layerNormVjp(x, gamma, cotangent, out, { rows, columns, epsilon }) {
      checkNorm('layerNormVjp', [x, cotangent, out], [gamma], { rows, columns, epsilon });
      const { type, bytes } = floatOf(out);
      const [from, scale] = [heap.pointerOf(x), heap.pointerOf(gamma)];
      const [along, to] = [heap.pointerOf(cotangent), heap.pointerOf(out)];
      team.run(type, 'layerNormVjp', rowCut(rows, columns, NORM), (call, first, end) => {
        const skip = first * columns * bytes;
        return call(from + skip, scale, along + skip, to + skip, end - first, columns, epsilon);
      });
    },
    layerNormScaleVjp(x, cotangent, out, sizes) {
      checkNorm('layerNormScaleVjp', [x, cotangent], [out], sizes);
      const [from, along, to] = [heap.pointerOf(x), heap.pointerOf(cotangent), heap.pointerOf(out)];
      exports[floatOf(out).type].layerNormScaleVjp(from, along, to, sizes.rows, sizes.columns, sizes.epsilon);
    },
  };
}
