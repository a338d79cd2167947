// A decoder gives the logits of the whole network to the bit, whatever it is fed together, and holds its memory.
import { describe, expect, test } from 'vitest';
import {
  currentKernels,
  type FloatType,
  memory,
  type Parameters,
  useKernels,
} from '../../src/autodiff/index.ts';
import { InputError } from '../../src/base/errors.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { referenceKernels } from '../../src/kernels/index.ts';
import { type Decoder, decoder, type Gpt2, gpt2 } from '../../src/nn/index.ts';
import { CONFIGS, idsTensor, randomIds, relativeDifference, showConfig, spreadParameters } from './models.ts';

useKernels(loadWasmKernelsSync());

/** Logits after every token of a sequence, by the whole network. */
function whole(model: Gpt2, parameters: Parameters, ids: readonly number[]): number[][] {
  const values = model.logits(parameters, idsTensor([ids])).readSync();
  const { vocabulary } = model.config;
  return ids.map((_, t) => [...values.subarray(t * vocabulary, (t + 1) * vocabulary)]);
}

/** Feeds [slot, place, id] triples; the logits after each of them. */
function feed(
  on: Decoder,
  tokens: readonly (readonly [slot: number, place: number, id: number])[],
): number[][] {
  const values = on.feed({
    ids: tokens.map(([, , id]) => id),
    slots: tokens.map(([slot]) => slot),
    places: tokens.map(([, place]) => place),
    wanted: tokens.map((_, i) => i),
  });
  const width = values.length / tokens.length;
  return tokens.map((_, i) => [...values.subarray(i * width, (i + 1) * width)]);
}

const types: readonly FloatType[] = ['f32', 'f64'];

describe.each(CONFIGS.map((config) => [showConfig(config), config] as const))('%s', (_, config) => {
  const model = gpt2(config);
  const sequences = randomIds(config.vocabulary, 3, 8, 4).map((ids, i) => ids.slice(0, 8 - 2 * i));

  test.each(types)(
    '%s: the bits of the whole network, place by place and several places at once',
    (dtype) => {
      const parameters = spreadParameters(model, 3, dtype);
      const expected = sequences.map((ids) => whole(model, parameters, ids));
      const on = decoder(model, parameters, 3);
      // Sequences of different lengths leave one after the other; sequence i lies in slot 2 − i.
      for (let place = 0; place < 8; place++) {
        const present = sequences.flatMap((ids, i) => (place < ids.length ? [i] : []));
        const found = feed(
          on,
          present.map((i) => [2 - i, place, sequences[i]![place]!] as const),
        );
        expect(found).toEqual(present.map((i) => expected[i]![place]));
      }
      // All of it at once, in slots that were used before; every second token first.
      const all = sequences.flatMap((ids, i) => ids.map((id, place) => [i, place, id] as const));
      const muddled = [...all.filter((_, i) => i % 2 === 1), ...all.filter((_, i) => i % 2 === 0)];
      expect(feed(on, muddled)).toEqual(muddled.map(([i, place]) => expected[i]![place]));
      on.dispose();
    },
  );

  test('the comparison sees another token, place or slot', () => {
    const parameters = spreadParameters(model, 3, 'f64');
    const [ids] = sequences as [number[]];
    const expected = whole(model, parameters, ids);
    const on = decoder(model, parameters, 2);
    const right = ids.map((id, place) => [0, place, id] as const);
    feed(on, [...right, ...right.map(([, place, id]) => [1, place, (id + 1) % config.vocabulary] as const)]);
    const last = expected.at(-1)!;
    expect(feed(on, [[0, 7, ids[7]!]])[0]).toEqual(last);
    for (const wrong of [
      [1, 7, ids[7]!],
      [0, 6, ids[7]!],
      [0, 7, (ids[7]! + 1) % config.vocabulary],
    ] as const) {
      expect(relativeDifference(feed(on, [wrong])[0]!, last)).toBeGreaterThan(1e-6);
      feed(on, right.slice(6));
    }
    on.dispose();
  });
});

describe('a decoder', () => {
  const model = gpt2(CONFIGS[2]!);
  const parameters = spreadParameters(model, 3, 'f32');

  test('gives the wanted rows only, in their order', () => {
    const on = decoder(model, parameters, 1);
    const tokens = { ids: [1, 2, 3], slots: [0, 0, 0], places: [0, 1, 2] };
    const all = on.feed({ ...tokens, wanted: [0, 1, 2] });
    const some = on.feed({ ...tokens, wanted: [2, 0] });
    expect([...some]).toEqual([...all.subarray(22, 33), ...all.subarray(0, 11)]);
    expect(on.feed({ ...tokens, wanted: [] }).length).toBe(0);
    on.dispose();
  });

  test('holds its memory: none more after the first turn, none after its end', () => {
    const before = memory().buffers;
    const on = decoder(model, parameters, 4);
    const turn = (): void => {
      for (const count of [4, 3, 1]) {
        const rows = Array.from({ length: count }, (_, i) => i);
        on.feed({ ids: rows, slots: rows, places: rows.map(() => 0), wanted: rows });
      }
    };
    turn();
    const after = memory();
    for (let i = 0; i < 50; i++) turn();
    expect(memory()).toEqual(after);
    on.dispose();
    expect(memory().buffers).toBe(before);
  });

  test('refuses what does not fit', () => {
    expect(() => decoder(model, {}, 1)).toThrow('gpt2: there is no parameter "embedding.token.weight"');
    for (const slots of [0, 1.5, Number.NaN]) {
      expect(() => decoder(model, parameters, slots)).toThrow(
        new InputError(`decoder: slots must be an integer ≥ 1, found ${slots}`),
      );
    }
    const mixed = { ...parameters, 'norm.bias': spreadParameters(model, 3, 'f64')['norm.bias']! };
    expect(() => decoder(model, mixed, 1)).toThrow('decoder: parameters are of types f32 and f64');
    const on = decoder(model, parameters, 2);
    const one = { ids: [0], slots: [0], places: [0], wanted: [0] };
    expect(() => on.feed({ ...one, slots: [2] })).toThrow(
      'place 0 of slot 2, but there are 9 places and 2 slots',
    );
    expect(() => on.feed({ ...one, places: [9] })).toThrow('indices[0] = 9 is not in [0, 9)');
    expect(() => on.feed({ ...one, ids: [11] })).toThrow('indices[0] = 11 is not in [0, 11)');
    expect(() => on.feed({ ...one, wanted: [1] })).toThrow('indices[0] = 1 is not in [0, 1)');
    on.dispose();
  });

  test('the reference kernels compute the same, with their own rounding', () => {
    const run = (): number[] => {
      const on = decoder(model, spreadParameters(model, 3, 'f64'), 1);
      const found = feed(
        on,
        [0, 1, 2].map((place) => [0, place, place + 4] as const),
      );
      on.dispose();
      return found.flat();
    };
    const chosen = currentKernels();
    const found = run();
    useKernels(referenceKernels());
    const reference = run();
    useKernels(chosen);
    expect(relativeDifference(found, reference)).toBeLessThan(1e-12);
  });
});
