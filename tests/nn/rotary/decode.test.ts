// Decoding with kept keys and values has the bits of the whole network, for every family, shared keys included.
import { beforeAll, describe, expect, test } from 'vitest';
import { type FloatType, scope } from '../../../src/autodiff/index.ts';
import { readSafetensors } from '../../../src/nn/huggingFace/safetensors.ts';
import {
  parseRotaryConfig,
  parseRotaryWeights,
  rotaryDecoder,
  rotaryNetwork,
} from '../../../src/nn/index.ts';
import { chooseKernels } from '../../oracle/kernels.ts';
import { idsTensor, randomIds } from '../models.ts';
import { CARDS, type Card, weightsOf } from './cards.ts';

beforeAll(chooseKernels);

function modelOf(card: Card, dtype: FloatType) {
  const config = parseRotaryConfig(JSON.stringify(card.config), 'config.json');
  const file = readSafetensors(weightsOf(card, 5), 'model.safetensors');
  return { network: rotaryNetwork(config), parameters: parseRotaryWeights(file, config, 'w', dtype) };
}

describe.each(CARDS.map((card) => [card.name, card] as const))('%s', (_, card) => {
  test.each(['f32', 'f64'] as const)('two sequences of different lengths, fed in pieces, %s', (dtype) => {
    scope(() => {
      const { network, parameters } = modelOf(card, dtype);
      const { vocabulary } = network.config;
      const [first, second] = randomIds(vocabulary, 2, 8, 3) as [number[], number[]];
      const decoder = rotaryDecoder(network, parameters, 2);
      const found = new Map<string, readonly number[]>();
      const feed = (tokens: readonly (readonly [slot: number, place: number])[]): void => {
        const logits = decoder.feed({
          ids: tokens.map(([slot, place]) => [first, second][slot]![place]!),
          slots: tokens.map(([slot]) => slot),
          places: tokens.map(([, place]) => place),
          wanted: tokens.map((_, i) => i),
        });
        for (const [i, key] of tokens.entries()) {
          found.set(String(key), [...logits.slice(i * vocabulary, (i + 1) * vocabulary)]);
        }
      };
      const rows = (slot: number, from: number, to: number): [number, number][] =>
        Array.from({ length: to - from }, (_, i) => [slot, from + i]);
      feed([...rows(0, 0, 3), ...rows(1, 0, 1)]);
      for (let place = 3; place < 8; place++)
        feed([...rows(1, place - 2, place - 1), ...rows(0, place, place + 1)]);
      decoder.dispose();
      for (const [slot, ids, fed] of [
        [0, first, 8],
        [1, second, 6],
      ] as const) {
        const whole = [...network.logits(parameters, idsTensor([ids])).readSync()];
        for (let place = 0; place < fed; place++) {
          expect(found.get(`${slot},${place}`)).toEqual(
            whole.slice(place * vocabulary, (place + 1) * vocabulary),
          );
        }
      }
    });
  });
});

test('beyond its window a decoder forgets: without the window it gives other logits', () => {
  scope(() => {
    const { network, parameters } = modelOf(CARDS[3]!, 'f64');
    const { window: _, ...unbounded } = network.config;
    const [ids] = randomIds(network.config.vocabulary, 1, 6, 3) as [number[]];
    const logitsOf = (config: typeof network.config): readonly number[] => {
      const decoder = rotaryDecoder({ ...network, config }, parameters, 1);
      const places = [...ids.keys()];
      const logits = [...decoder.feed({ ids, slots: ids.map(() => 0), places, wanted: places })];
      decoder.dispose();
      return logits;
    };
    const [seen, all] = [logitsOf(network.config), logitsOf(unbounded)];
    const within = 3 * network.config.vocabulary;
    expect(all.slice(0, within)).toEqual(seen.slice(0, within));
    expect(all.slice(within)).not.toEqual(seen.slice(within));
  });
});

test('no slots are refused', () => {
  scope(() => {
    const { network, parameters } = modelOf(CARDS[3]!, 'f32');
    expect(() => rotaryDecoder(network, parameters, 0)).toThrow('decoder: slots must be an integer ≥ 1');
  });
});
