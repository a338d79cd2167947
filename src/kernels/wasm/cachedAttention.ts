// Attention of single queries to kept keys and values, on WebAssembly memory. The scratch memory grows with the context, so each
// call allocates it and releases it again.
import { cacheError, checkCached } from '../checks.ts';
import type { Kernels } from '../interface.ts';
import { floatOf } from './floatOf.ts';
import type { Machine } from './machine.ts';

/** cachedAttention. One thread keeps the keys and values; then the rows are divided among threads. */
export function cachedAttentionKernels({
  exports,
  team,
  heap,
  tables,
}: Machine): Pick<Kernels, 'cachedAttention'> {
  return {
    cachedAttention(x, keys, values, slots, places, out, sizes) {
      checkCached(x, keys, values, slots, places, out, sizes);
      const { rows, context, heads, width, window = context } = sizes;
      const columns = heads * width;
      const [from, key, value, to] = [x, keys, values, out].map((b) => heap.pointerOf(b));
      const [slot, place] = [heap.pointerOf(slots), heap.pointerOf(places)];
      const { type, bytes } = floatOf(out);
      const keep = exports[type].keepRows;
      const bad = keep(from!, key!, value!, slot, place, rows, columns, context, sizes.slots);
      if (bad >= 0) throw cacheError(bad, heap.read(slots)[bad]!, heap.read(places)[bad]!, sizes);
      const distance = exports.cachedScratchBytes(context, bytes);
      const scratch = heap.allocate('i32', (team.threads * distance) / 4);
      try {
        const block = heap.pointerOf(scratch);
        // Two products, each over half the context on average.
        team.run(
          type,
          'attendRows',
          { units: rows, work: rows * columns * context, grain: 1 },
          (call, first, end, thread) =>
            call(
              from! + 3 * first * columns * bytes,
              key!,
              value!,
              slot + 4 * first,
              place + 4 * first,
              to! + first * columns * bytes,
              end - first,
              heads,
              width,
              context,
              Math.min(window, context),
              block + thread * distance,
              tables[thread]!,
            ),
        );
      } finally {
        heap.release(scratch);
      }
    },
  };
}
