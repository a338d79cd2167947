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
  // Windows are known to the whole network only.
  const config = parseRotaryConfig(
    JSON.stringify({ ...card.config, sliding_window: null, use_sliding_window: false }),
    'config.json',
  );
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

test('a place beyond the window, and no slots, are refused', () => {
  scope(() => {
    const config = parseRotaryConfig(JSON.stringify(CARDS[3]!.config), 'config.json');
    const network = rotaryNetwork(config);
    const parameters = parseRotaryWeights(readSafetensors(weightsOf(CARDS[3]!, 5), 'w'), config, 'w');
    const decoder = rotaryDecoder(network, parameters, 1);
    const at = (place: number) => ({ ids: [1], slots: [0], places: [place], wanted: [0] });
    expect(decoder.feed(at(0))).toHaveLength(7);
    expect(() => decoder.feed(at(3))).toThrow(
      'mistral: sequences can be decoded up to the window of 3 places, found place 3',
    );
    decoder.dispose();
    expect(() => rotaryDecoder(network, parameters, 0)).toThrow('decoder: slots must be an integer ≥ 1');
  });
});
