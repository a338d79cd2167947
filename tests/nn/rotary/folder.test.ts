// Folders of Llama, Mistral, Qwen2 and Qwen3 that are refused, and what their model cards leave to defaults.
import { beforeAll, describe, expect, test } from 'vitest';
import { scope } from '../../../src/autodiff/index.ts';
import { readSafetensors } from '../../../src/nn/huggingFace/safetensors.ts';
import {
  parseRotaryConfig,
  parseRotaryWeights,
  rotaryNetwork,
  writeSafetensors,
} from '../../../src/nn/index.ts';
import { chooseKernels } from '../../oracle/kernels.ts';
import { idsTensor } from '../models.ts';
import { CARDS, weightsOf } from './cards.ts';

beforeAll(chooseKernels);

const parse = (changes: Record<string, unknown>, card = 0) =>
  parseRotaryConfig(JSON.stringify({ ...CARDS[card]!.config, ...changes }), 'config.json');

describe('config.json', () => {
  test.each([
    [
      { model_type: 'mixtral', num_local_experts: 8 },
      'config.json: mixtures of experts are not supported, found model_type "mixtral"',
    ],
    [
      { quantization_config: { bits: 4 } },
      'config.json: quantised weights are not supported; use the folder with the original weights',
    ],
    [
      { model_type: 'gemma' },
      'config.json: model_type must be one of llama, mistral, qwen2, qwen3, found "gemma"',
    ],
    [{ hidden_act: 'gelu' }, 'config.json: hidden_act must be "silu", found "gelu"'],
    [{ mlp_bias: true }, 'config.json: mlp_bias must be false, found true'],
    [
      { rope_scaling: { rope_type: 'yarn', factor: 4 } },
      'config.json: rope_scaling: rope_type must be one of default, linear, llama3, found "yarn"',
    ],
    [
      { rope_scaling: { rope_type: 'linear' } },
      'config.json: rope_scaling: factor must be a number, found nothing',
    ],
    [{ num_key_value_heads: 3 }, 'config.json: heads must be a multiple of keyHeads (3), found 2'],
    [{ hidden_size: 6 }, 'config.json: headWidth must be even, found 3'],
    [
      { partial_rotary_factor: 0.2 },
      'config.json: rotated must be an even number from 2 to headWidth (4), found 0',
    ],
    [{ num_hidden_layers: -1 }, 'config.json: num_hidden_layers must be an integer ≥ 0, found -1'],
    [{ rms_norm_eps: 0 }, 'config.json: epsilon must be between 0 and 1, found 0'],
  ])('%j is refused', (changes, message) => {
    expect(() => parse(changes)).toThrow(message);
  });

  test('what a card leaves out has the default of its family', () => {
    expect(parse({})).toMatchObject({
      theta: 10_000,
      keyHeads: 2,
      headWidth: 4,
      rotated: 4,
      hasBiases: false,
    });
    expect(parse({ num_key_value_heads: null })).toMatchObject({ keyHeads: 2 });
    expect(parse({ sliding_window: null }, 3)).not.toHaveProperty('window');
    expect(parse({ use_sliding_window: false }, 4)).not.toHaveProperty('window');
    expect(parse({ layer_types: ['full_attention', 'sliding_attention'] }, 4)).toMatchObject({
      windowFrom: 1,
    });
    expect(() => parse({ layer_types: ['sliding_attention', 'full_attention'] }, 4)).toThrow(
      'config.json: layer_types: layers without a window must come first',
    );
    expect(() => parse({ layer_types: ['full_attention'] }, 4)).toThrow(
      'config.json: layer_types must be 2 of',
    );
  });
});

describe('weights', () => {
  const read = (changes: Record<string, readonly number[] | undefined>) => {
    const shapes = { ...CARDS[0]!.shapes, ...changes };
    const tensors = new Map(
      Object.entries(shapes).flatMap(([name, shape]) =>
        shape === undefined
          ? []
          : [[name, { shape, values: () => new Float64Array(shape.reduce((a, b) => a * b, 1)) }] as const],
      ),
    );
    const file = readSafetensors(Buffer.concat([...writeSafetensors(tensors, 'F32')]), 'model.safetensors');
    return scope(() => Object.keys(parseRotaryWeights(file, parse({}), 'model.safetensors')));
  };

  test('a tensor that is missing, unknown or of another shape is named', () => {
    expect(() => read({ 'model.norm.weight': undefined })).toThrow(
      'model.safetensors: the tensor "model.norm.weight" is missing',
    );
    expect(() => read({ 'model.norm.weight': [9] })).toThrow(
      'model.safetensors: tensor "model.norm.weight" must have shape [8], found [9]',
    );
    expect(() => read({ 'model.layers.0.mlp.gate_proj.bias': [12] })).toThrow(
      'model.safetensors: unknown tensor "model.layers.0.mlp.gate_proj.bias"',
    );
  });

  test('buffers of older files are passed over', () => {
    expect(read({ 'model.layers.0.self_attn.rotary_emb.inv_freq': [2] })).toHaveLength(21);
  });

  test('sequences beyond the context are refused, and what comes later changes nothing before it', () => {
    scope(() => {
      const config = parse({});
      const network = rotaryNetwork(config);
      const parameters = parseRotaryWeights(
        readSafetensors(weightsOf(CARDS[0]!, 1), 'w'),
        config,
        'w',
        'f64',
      );
      expect(() => network.logits(parameters, idsTensor([new Array<number>(17).fill(0)]))).toThrow(
        'llama: ids must have shape [B, T] with T ≤ 16, found [1, 17]',
      );
      const [a, b] = [
        [1, 2, 3, 4],
        [1, 2, 3, 6],
      ].map((ids) => [...network.logits(parameters, idsTensor([ids])).readSync()]);
      expect(a!.slice(0, 21)).toEqual(b!.slice(0, 21));
      expect(a!.slice(21)).not.toEqual(b!.slice(21));
    });
  });
});
