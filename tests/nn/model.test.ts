// Folders of every architecture by their model_type: read, opened with narrow weights, written and read again; others are refused by name.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Parameters, scope } from '../../src/autodiff/index.ts';
import { randomStream } from '../../src/base/random.ts';
import {
  formatModelFiles,
  gpt2,
  type ModelConfig,
  networkOfConfig,
  openModel,
  parseModelConfig,
  type RotaryConfig,
  readModel,
  readSafetensors,
  type StoredFloat,
  writeSafetensors,
} from '../../src/nn/index.ts';
import { currentKernels } from '../../src/tensor/backend.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { idsTensor } from './models.ts';
import { CARDS, valuesOf as cardValues } from './rotary/cards.ts';

beforeAll(chooseKernels);

const GPT2: ModelConfig = gpt2({
  vocabulary: 7,
  context: 6,
  width: 6,
  layers: 2,
  heads: 2,
  tied: true,
}).config;
const CONFIGS: readonly (readonly [string, ModelConfig])[] = [
  ['gpt2', GPT2],
  ...CARDS.map((card) => [card.name, parseModelConfig(JSON.stringify(card.config), 'c')] as const),
];
const valuesOf = (parameters: Parameters): unknown[] =>
  Object.entries(parameters).map(([path, x]) => [path, x.dtype, x.shape, x.readSync()]);

function written(config: ModelConfig, type: StoredFloat) {
  return scope(() => {
    const parameters = networkOfConfig(config).initial(randomStream(3, 'model'), 'f64');
    const files = formatModelFiles(config, parameters, type);
    return { text: files.config, file: readSafetensors(Buffer.concat([...files.weights]), 'm') };
  });
}

describe.each(CONFIGS)('%s', (_, config) => {
  test('what is written is read again, f64', () => {
    scope(() => {
      const { text, file } = written(config, 'F64');
      expect(parseModelConfig(text, 'c')).toEqual(config);
      const { network, parameters } = readModel(file, config, 'm', 'f64');
      expect(valuesOf(parameters)).toEqual(valuesOf(network.initial(randomStream(3, 'model'), 'f64')));
    });
  });

  test.each(['F64', 'F32', 'F16', 'BF16'] as const)(
    'weights that stay %s are given as those that are read',
    (type) => {
      scope(() => {
        const { file } = written(config, type);
        for (const dtype of ['f32', 'f64'] as const) {
          const { network, parameters } = readModel(file, config, 'm', dtype);
          const before = currentKernels().memory().buffers;
          const { weights } = openModel(file, config, 'm', dtype);
          expect(currentKernels().memory().buffers).toBe(before);
          expect(weights.dtype).toBe(dtype);
          expect(valuesOf(weights.load(network.layout.map(({ path }) => path)))).toEqual(
            valuesOf(parameters),
          );
        }
      });
    },
  );

  test('a network that is run part by part on narrow weights has the bits of the whole', () => {
    scope(() => {
      const { file } = written(config, 'BF16');
      const { network, parameters } = readModel(file, config, 'm');
      const { weights } = openModel(file, config, 'm');
      const ids = idsTensor([[0, 3, 1, 6]]);
      let x = scope(() => network.embed(weights.load(network.paths.embed), ids));
      for (const { paths, apply } of network.blocks(4, 'f32')) x = scope(() => apply(weights.load(paths), x));
      const logits = network.head(weights.load(network.paths.head), x);
      expect(logits.readSync()).toEqual(network.logits(parameters, ids).readSync());
    });
  });
});

test('a parameter that is not there, by its file', () => {
  const { file } = written(GPT2, 'BF16');
  expect(() => openModel(file, GPT2, 'm').weights.load(['no.weight'])).toThrow(
    'm: there is no parameter "no.weight"',
  );
});

describe('refused', () => {
  const sizes = { vocab_size: 7, num_hidden_layers: 1 };
  test.each([
    [
      { model_type: 'mixtral', num_local_experts: 8 },
      'mixtures of experts are not supported, found model_type "mixtral"',
    ],
    [
      { model_type: 'deepseek_v3', n_routed_experts: 8 },
      'mixtures of experts are not supported, found model_type "deepseek_v3"',
    ],
    [
      { model_type: 'llama', quantization_config: { bits: 4 } },
      'quantised weights are not supported; use the folder with the original weights',
    ],
    [
      { model_type: 'qwen3_next' },
      'model_type must be one of gpt2, llama, mistral, qwen2, qwen3, found "qwen3_next"',
    ],
    [{ model_type: 'lama' }, 'found "lama" (did you mean "llama"?)'],
    [{}, 'model_type must be one of gpt2, llama, mistral, qwen2, qwen3, found nothing'],
    [{ model_type: 3 }, 'found 3'],
    [[], 'expected an object'],
  ])('%j', (config, message) => {
    const text = JSON.stringify(Array.isArray(config) ? config : { ...sizes, ...config });
    expect(() => parseModelConfig(text, 'config.json')).toThrow(message);
  });

  test('a config that promises more layers than memory holds ends at the first that is missing', () => {
    const [, config] = CONFIGS[1]!;
    const { file } = written(config, 'F32');
    expect(() => readModel(file, { ...config, layers: 1e15 } as RotaryConfig, 'm')).toThrow(
      'm: the tensor "model.layers.2.input_layernorm.weight" is missing',
    );
  });

  test('a tied head with other values, in the same type and in another', () => {
    const card = CARDS[2]!;
    const config = parseModelConfig(JSON.stringify(card.config), 'c');
    const values = cardValues(card, 1);
    const embedding = values.get('model.embed_tokens.weight')!;
    const read = (head: Float64Array): unknown => {
      const tensors = [...values, ['lm_head.weight', head] as const].map(([name, own]) => {
        const shape = card.shapes[name] ?? card.shapes['model.embed_tokens.weight']!;
        return [name, { shape, values: () => own }] as const;
      });
      const file = readSafetensors(Buffer.concat([...writeSafetensors(new Map(tensors), 'BF16')]), 'm');
      return scope(() => Object.keys(readModel(file, config, 'm').parameters).length);
    };
    expect(read(embedding)).toBe(Object.keys(card.shapes).length);
    expect(() => read(embedding.map((x) => x + 1))).toThrow(
      'm: "lm_head.weight" differs from "model.embed_tokens.weight", but the config ties them',
    );
  });

  test.each(['F16', 'BF16', 'F32'] as const)('what is not finite, %s', (type) => {
    const card = CARDS[0]!;
    const values = cardValues(card, 1);
    values.get('model.norm.weight')![3] = Number.POSITIVE_INFINITY;
    const tensors = [...values].map(
      ([name, own]) => [name, { shape: card.shapes[name]!, values: () => own }] as const,
    );
    const file = readSafetensors(Buffer.concat([...writeSafetensors(new Map(tensors), type)]), 'm');
    const config = parseModelConfig(JSON.stringify(card.config), 'c');
    expect(() => openModel(file, config, 'm')).toThrow(
      'm: tensor "model.norm.weight": expected finite numbers, found Infinity at index 3',
    );
  });

  test('what a config.json of the architecture cannot say', () => {
    const [, config] = CONFIGS[1]!;
    const biased = { ...config, architecture: 'mistral', hasBiases: true } as RotaryConfig;
    const parameters = networkOfConfig(biased).initial(randomStream(3, 'model'), 'f64');
    expect(() => formatModelFiles(biased, parameters, 'F32')).toThrow(
      'mistral: hasBiases must be false in a config.json of this architecture, found true',
    );
  });

  test('parts of a head that do not divide it come back to the entry', () => {
    const [, config] = CONFIGS[1]!;
    for (const rotated of [2, 4, 14, 26]) {
      const odd = { ...(config as RotaryConfig), headWidth: 98, rotated };
      const parameters = networkOfConfig(odd).initial(randomStream(3, 'model'), 'f32');
      expect(parseModelConfig(formatModelFiles(odd, parameters, 'F32').config, 'c')).toEqual(odd);
    }
  });
});

test('a large table in 16 bits is converted part by part: the same values, and no wide copy on the host', () => {
  const config = gpt2({ vocabulary: 90_001, context: 2, width: 3, layers: 0, heads: 1, tied: true }).config;
  const { file } = written(config, 'BF16');
  const path = 'embedding.token.weight';
  const expected = file.values('transformer.wte.weight');
  for (const dtype of ['f32', 'f64'] as const) {
    scope(() => {
      const found = openModel(file, config, 'm', dtype).weights.load([path])[path]!;
      expect([found.dtype, found.shape]).toEqual([dtype, [90_001, 3]]);
      expect(found.readSync().every((x, i) => x === expected[i])).toBe(true);
    });
  }
  // Control: it is more than one part.
  expect(expected.length).toBeGreaterThan(2 ** 18);
});
