// Rotary positions on WebAssembly memory.
import { checkRotary } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';
import { rowCut } from './rowCut.ts';

/** Multiply-adds that take as long as an element. */
const TURN = 3;

/** rotary, divided among threads by rows. */
export function rotaryKernels({ team, heap }: Machine): Pick<Kernels, 'rotary'> {
  return {
    rotary(x, cosine, sine, out, sizes) {
      checkRotary([x, out], [cosine, sine], sizes);
      const { batch, length, heads, width } = sizes;
      const [from, to] = [heap.pointerOf(x), heap.pointerOf(out)];
      const [c, s] = [heap.pointerOf(cosine), heap.pointerOf(sine)];
      team.run(floatOf(out).type, 'rotary', rowCut(batch * length, heads * width, TURN), (call, first, end) =>
        call(from, c, s, to, first, end, length, heads, width / 2),
      );
    },
  };
}
