// config.json: ours and OpenAI's are read, other architectures and nonsense are refused with the member's name.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { formatGpt2Config } from '../../../src/nn/huggingFace/configJson.ts';
import { completeConfig, parseGpt2Config } from '../../../src/nn/index.ts';

const openai = {
  activation_function: 'gelu_new',
  architectures: ['GPT2LMHeadModel'],
  attn_pdrop: 0.1,
  bos_token_id: 50256,
  embd_pdrop: 0.1,
  eos_token_id: 50256,
  initializer_range: 0.02,
  layer_norm_epsilon: 1e-5,
  model_type: 'gpt2',
  n_ctx: 1024,
  n_embd: 768,
  n_head: 12,
  n_layer: 12,
  n_positions: 1024,
  resid_pdrop: 0.1,
  summary_type: 'cls_index',
  task_specific_params: { 'text-generation': { do_sample: true, max_length: 50 } },
  vocab_size: 50257,
};

test("OpenAI's smallest GPT-2", () => {
  expect(parseGpt2Config(JSON.stringify(openai), 'config.json')).toEqual({
    vocabulary: 50_257,
    context: 1024,
    width: 768,
    layers: 12,
    heads: 12,
    inner: 3072,
    epsilon: 1e-5,
    tied: true,
  });
});

test('what is written is read again', () => {
  const sizes = fc.record({
    vocabulary: fc.integer({ min: 1, max: 1e6 }),
    context: fc.integer({ min: 1, max: 1e6 }),
    headWidth: fc.integer({ min: 1, max: 100 }),
    layers: fc.integer({ min: 0, max: 100 }),
    heads: fc.integer({ min: 1, max: 100 }),
    inner: fc.integer({ min: 1, max: 1e5 }),
    tied: fc.boolean(),
    epsilon: fc.constantFrom(1e-5, 1e-12, 0.1),
  });
  fc.assert(
    fc.property(sizes, fc.constantFrom('F64', 'F32', 'F16', 'BF16'), ({ headWidth, ...rest }, type) => {
      const config = completeConfig({ ...rest, width: headWidth * rest.heads });
      expect(parseGpt2Config(formatGpt2Config(config, type), 'config.json')).toEqual(config);
    }),
  );
});

test('the members that Hugging Face reads', () => {
  const config = completeConfig({ vocabulary: 5, context: 6, width: 8, layers: 1, heads: 2, tied: false });
  expect(JSON.parse(formatGpt2Config(config, 'BF16'))).toMatchObject({
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    activation_function: 'gelu_new',
    vocab_size: 5,
    n_positions: 6,
    n_embd: 8,
    n_layer: 1,
    n_head: 2,
    n_inner: null,
    tie_word_embeddings: false,
    torch_dtype: 'bfloat16',
  });
});

describe('refused', () => {
  test.each<[string, unknown, string]>([
    ['model_type', 'llama', 'c: model_type must be "gpt2", found "llama"'],
    ['activation_function', 'relu', 'c: activation_function must be "gelu_new", found "relu"'],
    ['scale_attn_weights', false, 'c: scale_attn_weights must be true, found false'],
    ['scale_attn_by_inverse_layer_idx', true, 'c: scale_attn_by_inverse_layer_idx must be false'],
    ['add_cross_attention', true, 'c: add_cross_attention must be false, found true'],
    ['vocab_size', undefined, 'c: vocab_size must be an integer ≥ 1, found nothing'],
    ['n_positions', '1024', 'c: n_positions must be an integer ≥ 1, found "1024"'],
    ['n_embd', 0, 'c: n_embd must be an integer ≥ 1, found 0'],
    ['n_layer', 1.5, 'c: n_layer must be an integer ≥ 0, found 1.5'],
    ['n_inner', -1, 'c: n_inner must be an integer ≥ 1, found -1'],
    ['n_head', 5, 'c: width must be a multiple of heads, found 768 and 5'],
    ['layer_norm_epsilon', 'small', 'c: layer_norm_epsilon must be a number, found "small"'],
    ['layer_norm_epsilon', -1, 'c: epsilon must lie between 0 and 1, found -1'],
    ['tie_word_embeddings', 1, 'c: tie_word_embeddings must be true or false, found 1'],
  ])('%s: %j', (key, value, message) => {
    const parse = (): unknown => parseGpt2Config(JSON.stringify({ ...openai, [key]: value }), 'c');
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(message);
  });

  test('what is no object, or no JSON', () => {
    expect(() => parseGpt2Config('[]', 'c')).toThrow('c: expected an object, found an array of 0');
    expect(() => parseGpt2Config('{', 'c')).toThrow('c: not valid JSON at line 1');
  });

  test('any JSON ends in a config or an InputError', () => {
    const keys = fc.constantFrom(...Object.keys(openai), 'n_inner', 'tie_word_embeddings');
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), fc.boolean(), (change, whole) => {
        try {
          parseGpt2Config(JSON.stringify(whole ? { ...openai, ...change } : change), 'c');
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
    );
  });
});
