// The causal mask on WebAssembly memory.
import { checkRows } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';

/** maskAbove. */
export function maskKernels({ exports, heap }: Machine): Pick<Kernels, 'maskAbove'> {
  return {
    maskAbove(x, out, planes, side, value) {
      checkRows('maskAbove', x, out, planes * side, side, side);
      exports[floatOf(out).type].maskAbove(heap.pointerOf(x), heap.pointerOf(out), planes, side, value);
    },
  };
}
