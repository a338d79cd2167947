// A step of AdamW on WebAssembly memory.
import { checkElementwise } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import { paddedBytes } from './elementwise.ts';
import type { Machine } from './machine.ts';

/** adamw. */
export function optimiserKernels({ exports, heap }: Machine): Pick<Kernels, 'adamw'> {
  return {
    adamw({ gradient, mean, square, parameter }, out, { beta1, beta2, epsilon, decay, rate, t }) {
      checkElementwise('adamw', out.update, gradient, mean, square, parameter, out.mean, out.square);
      const run = out.update.dtype === 'f32' ? exports.adamwF32 : exports.adamwF64;
      run(
        heap.pointerOf(gradient),
        heap.pointerOf(mean),
        heap.pointerOf(square),
        heap.pointerOf(parameter),
        heap.pointerOf(out.update),
        heap.pointerOf(out.mean),
        heap.pointerOf(out.square),
        paddedBytes(out.update),
        beta1,
        beta2,
        1 - beta1,
        1 - beta2,
        1 - beta1 ** t,
        1 - beta2 ** t,
        epsilon,
        decay,
        -rate,
      );
    },
  };
}
