// A step of AdamW on WebAssembly memory.
import { checkElementwise } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import { paddedBytes } from './elementwise.ts';
import type { Machine } from './machine.ts';

/** Multiply-adds that take as long as a vector of it: divisions, a root, eight streams of memory. */
const PER_VECTOR = 64;

/** adamw, shared out by vectors. */
export function optimiserKernels({ team, heap }: Machine): Pick<Kernels, 'adamw'> {
  return {
    adamw({ gradient, mean, square, parameter }, out, { beta1, beta2, epsilon, decay, rate, t }) {
      checkElementwise('adamw', out.update, gradient, mean, square, parameter, out.mean, out.square);
      const operands = [gradient, mean, square, parameter, out.update, out.mean, out.square];
      const pointers = operands.map((buffer) => heap.pointerOf(buffer));
      const numbers = [
        ...[beta1, beta2, 1 - beta1, 1 - beta2, 1 - beta1 ** t, 1 - beta2 ** t],
        ...[epsilon, decay, -rate],
      ];
      const vectors = paddedBytes(out.update) / 16;
      const cut = { units: vectors, work: vectors * PER_VECTOR, grain: 16 };
      team.run(out.update.dtype === 'f32' ? 'adamwF32' : 'adamwF64', cut, (first, end) => [
        ...pointers.map((pointer) => pointer + 16 * first),
        16 * (end - first),
        ...numbers,
      ]);
    },
  };
}
