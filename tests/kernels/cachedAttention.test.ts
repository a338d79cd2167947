// Attention to kept keys and values against the plain loops, and against attention of whole sequences: the same bits.
import { describe, expect, it } from 'vitest';
import type { FloatType, HostArray, Kernels } from '../../src/kernels/index.ts';
import {
  cycled,
  expectSameBits,
  expectWithin,
  floatTypes,
  noise,
  reference,
  special,
  unit,
  wasm,
  withBuffers,
} from './backends.ts';

type Values = ArrayLike<number>;
interface Sizes {
  readonly slots: number;
  readonly context: number;
  readonly heads: number;
  readonly width: number;
  readonly window?: number;
}
/** Rows of one call: where each belongs. */
interface Rows {
  readonly slots: readonly number[];
  readonly places: readonly number[];
}
interface Result {
  readonly out: HostArray;
  readonly keys: HostArray;
  readonly values: HostArray;
}

const lanes: Record<FloatType, number> = { f32: 4, f64: 2 };

/** One call on a cache that begins with these contents. */
function attend(
  kernels: Kernels,
  dtype: FloatType,
  sizes: Sizes,
  rows: Rows,
  x: Values,
  [keys, values]: readonly [Values, Values],
): Result {
  return withBuffers(kernels, (put) => {
    const count = rows.slots.length;
    const [k, v] = [put(dtype, keys), put(dtype, values)];
    const out = put(dtype, new Float64Array(count * sizes.heads * sizes.width).fill(9));
    const places = [put('i32', rows.slots), put('i32', rows.places)] as const;
    kernels.cachedAttention(put(dtype, x), k, v, ...places, out, { rows: count, ...sizes });
    return { out: kernels.readSync(out), keys: kernels.readSync(k), values: kernels.readSync(v) };
  });
}

function cacheCount({ slots, context, heads, width }: Sizes): number {
  return slots * context * heads * width;
}

/** Every place of every slot, those of one slot in a muddled order. */
function allPlaces({ slots, context }: Sizes): Rows {
  const pairs = Array.from(
    { length: slots * context },
    (_, i) => [i % slots, Math.floor(i / slots)] as const,
  );
  const muddled = [...pairs.filter((_, i) => i % 3 !== 0), ...pairs.filter((_, i) => i % 3 === 0)];
  return { slots: muddled.map(([slot]) => slot), places: muddled.map(([, place]) => place) };
}

const cases: readonly Sizes[] = [
  ...[1, 3, 7, 31, 33].flatMap((context) =>
    [1, 3, 7, 16, 33].map((width) => ({ slots: 2, context, heads: 3, width })),
  ),
  { slots: 1, context: 130, heads: 1, width: 5 },
  ...[1, 4, 6].map((window) => ({ slots: 2, context: 33, heads: 3, width: 7, window })),
];

describe.each(floatTypes)('cachedAttention, %s', (dtype) => {
  const u = unit[dtype];

  /** (length / lanes + …)·u for the weights, as in assembly/attention.ts, and the sum of `length` terms below 2·p. */
  function allowed({ context, width }: Sizes): number {
    const score = (width + 4) * u * 4 * Math.sqrt(width);
    return 2 * (2 * score + (context / lanes[dtype] + 14 + context) * u);
  }

  it('at awkward sizes', () => {
    for (const sizes of cases) {
      const rows = allPlaces(sizes);
      const x = noise(3 * cacheCount(sizes), 1);
      const empty = new Float64Array(cacheCount(sizes)).fill(Number.NaN);
      const found = attend(wasm, dtype, sizes, rows, x, [empty, empty]);
      const expected = attend(reference, dtype, sizes, rows, x, [empty, empty]);
      expectSameBits(found.keys, expected.keys);
      expectSameBits(found.values, expected.values);
      expectWithin(found.out, expected.out, () => allowed(sizes));
    }
  });

  it('no rows, no places, no slots, no heads', () => {
    const sizes = { slots: 2, context: 3, heads: 2, width: 2 };
    const cache = noise(cacheCount(sizes));
    const found = attend(wasm, dtype, sizes, { slots: [], places: [] }, [], [cache, cache]);
    expect(found.out.length).toBe(0);
    expectSameBits(found.keys, dtype === 'f32' ? Float32Array.from(cache) : cache);
    const none = { slots: [1, 0], places: [0, 0] };
    expect(attend(wasm, dtype, { ...sizes, heads: 0 }, none, [], [[], []]).out.length).toBe(0);
  });

  it('only what belongs to the rows is kept, and later places and other slots are not read', () => {
    const sizes = { slots: 3, context: 6, heads: 2, width: 3 };
    const d = sizes.heads * sizes.width;
    const rows = { slots: [2, 0], places: [3, 5] };
    const x = noise(2 * 3 * d, 1);
    const [keys, values] = [noise(cacheCount(sizes), 2), noise(cacheCount(sizes), 3)];
    const clean = attend(wasm, dtype, sizes, rows, x, [keys, values]);
    // What row 0 must not read: slot 1, and the places 4 and 5 of slot 2.
    const hidden = (slot: number, place: number): boolean => slot === 1 || (slot === 2 && place > 3);
    const slotOf = (i: number): number => Math.floor(i / (d * sizes.context));
    const spoiledKeys = keys.map((k, i) => (hidden(slotOf(i), i % sizes.context) ? Number.NaN : k));
    const spoiledValues = values.map((v, i) =>
      hidden(slotOf(i), Math.floor(i / d) % sizes.context) ? Number.NaN : v,
    );
    const spoiled = attend(wasm, dtype, sizes, rows, x, [spoiledKeys, spoiledValues]);
    expectSameBits(spoiled.out, clean.out);
    const expected = attend(reference, dtype, sizes, rows, x, [spoiledKeys, spoiledValues]);
    expectSameBits(spoiled.keys, expected.keys);
    expectSameBits(spoiled.values, expected.values);
  });

  it('gives the bits of attention over whole sequences, place by place or several at once', () => {
    for (const sizes of cases) {
      const { slots, context, heads, width, window = context } = sizes;
      const d = heads * width;
      const whole = { batch: slots, heads, length: context, width, window };
      const parts = [1, 2, 3].map((seed) => noise(slots * context * d, seed));
      const mixed = withBuffers(wasm, (put) => {
        const [q, k, v] = parts.map((part) => put(dtype, part));
        const weights = put(dtype, new Float64Array(slots * context * heads * context));
        const out = put(dtype, new Float64Array(slots * context * d));
        wasm.attentionWeights(q!, k!, weights, whole);
        wasm.causalProduct('mix', weights, v!, out, whole, 1);
        return wasm.readSync(out);
      });
      const rowOf = (slot: number, place: number): number[] =>
        parts.flatMap((part) => [...part.subarray((slot * context + place) * d).subarray(0, d)]);
      const outOf = (slot: number, place: number): HostArray =>
        mixed.subarray((slot * context + place) * d).subarray(0, d);
      const empty = new Float64Array(cacheCount(sizes)).fill(Number.NaN);
      const all = allPlaces(sizes);
      const x = all.slots.flatMap((slot, i) => rowOf(slot, all.places[i]!));
      const atOnce = attend(wasm, dtype, sizes, all, x, [empty, empty]).out;
      all.slots.forEach((slot, i) => {
        expectSameBits(atOnce.subarray(i * d, (i + 1) * d), outOf(slot, all.places[i]!));
      });
      let cache: readonly [Values, Values] = [empty, empty];
      for (let place = 0; place < context; place++) {
        const rows = { slots: [slots - 1], places: [place] };
        const step = attend(wasm, dtype, sizes, rows, rowOf(slots - 1, place), cache);
        expectSameBits(step.out, outOf(slots - 1, place));
        cache = [step.keys, step.values];
      }
    }
  });

  it('special values go where the plain loops send them', () => {
    const sizes = { slots: 1, context: special.length, heads: 1, width: 2 };
    const list = special.map((v) => (Math.abs(v) > 1e30 && Number.isFinite(v) ? 1 : v));
    const rows = { slots: list.map(() => 0), places: list.map((_, i) => i) };
    const empty = new Float64Array(cacheCount(sizes));
    for (let turn = 0; turn < list.length; turn++) {
      const x = cycled([...list.slice(turn), ...list.slice(0, turn), 0.5], 3 * cacheCount(sizes));
      const found = attend(wasm, dtype, sizes, rows, x, [empty, empty]).out;
      const expected = attend(reference, dtype, sizes, rows, x, [empty, empty]).out;
      expect(Array.from(found, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
    }
  });

  it('refuses a slot or place that does not exist, and operands of the wrong length or type', () => {
    const sizes = { slots: 2, context: 3, heads: 1, width: 1 };
    const cache = new Float64Array(6);
    for (const kernels of [wasm, reference]) {
      for (const [slot, place] of [
        [2, 0],
        [-1, 0],
        [0, 3],
        [0, -1],
      ] as const) {
        const rows = { slots: [0, slot], places: [0, place] };
        expect(() => attend(kernels, dtype, sizes, rows, noise(6), [cache, cache])).toThrow(
          `cachedAttention: row 1 belongs to place ${place} of slot ${slot}, but there are 3 places and 2 slots`,
        );
      }
      const row = { slots: [0], places: [0] };
      expect(() => attend(kernels, dtype, sizes, row, noise(4), [cache, cache])).toThrow(
        `cachedAttention: x should have 3 elements, found ${dtype}[4]`,
      );
      expect(() => attend(kernels, dtype, sizes, row, noise(3), [noise(5), cache])).toThrow(
        'keys should have 6',
      );
      expect(() =>
        attend(kernels, dtype, sizes, { slots: [0], places: [] }, noise(3), [cache, cache]),
      ).toThrow('places should have 1 elements, found i32[0]');
    }
  });

  it('leaves its neighbours alone', () => {
    const sizes = { slots: 1, context: 5, heads: 2, width: 3 };
    withBuffers(wasm, (put) => {
      const x = put(dtype, noise(18));
      const neighbours = [put(dtype, noise(7, 5)), put(dtype, noise(30, 6)), put(dtype, noise(31, 7))];
      const [keys, values, out] = [put(dtype, noise(30)), put(dtype, noise(30)), put(dtype, noise(6))];
      const behind = put(dtype, noise(9, 8));
      const before = [...neighbours, behind].map((b) => wasm.readSync(b));
      wasm.cachedAttention(x, keys, values, put('i32', [0]), put('i32', [4]), out, { rows: 1, ...sizes });
      [...neighbours, behind].forEach((b, i) => {
        expectSameBits(wasm.readSync(b), before[i]!);
      });
    });
  });
});
