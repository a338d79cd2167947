// Folders of models that are damaged or lie about themselves: one sentence names the file and the tensor, before memory is taken.
import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { randomStream } from '../../src/base/random.ts';
import { openModelFolder, readModelFolder, writeModelFolder } from '../../src/host/modelFolder.ts';
import { gpt2, type Network, rotaryNetwork } from '../../src/nn/index.ts';
import { chooseKernels } from '../oracle/kernels.ts';

beforeAll(chooseKernels);

const SIZES = {
  vocabulary: 11,
  context: 16,
  width: 8,
  layers: 2,
  heads: 4,
  inner: 10,
  epsilon: 1e-6,
  tied: true,
};
const qwen2 = (): Network =>
  rotaryNetwork({
    ...SIZES,
    ...{
      architecture: 'qwen2',
      keyHeads: 2,
      headWidth: 2,
      rotated: 2,
      theta: 100,
      scaling: { kind: 'none' },
    },
    ...{ hasBiases: true, hasOutputBias: false, hasHeadNorms: false, windowFrom: 2 },
  });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradsplit-damaged-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function write(network: Network): Promise<void> {
  const parameters = network.initial(randomStream(1, 'model'), 'f32');
  await writeModelFolder(folder, { config: network.config, parameters } as Parameters<
    typeof writeModelFolder
  >[1]);
}

/** The message of opening the folder in both ways, which must be the same. */
function messageOf(): string {
  const messages = [readModelFolder, openModelFolder].map((open) => {
    try {
      open(folder, 'f32');
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    return '';
  });
  expect(messages[1]).toBe(messages[0]);
  return messages[0]!.replaceAll(folder, 'm');
}

function lie(change: Readonly<Record<string, unknown>>): void {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

describe('a config that lies', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string | RegExp]>([
    ['about nothing', {}, ''],
    [
      'more tokens',
      { vocab_size: 12 },
      /^m\/model\.safetensors: tensor "model\.embed_tokens\.weight" must have shape \[12, 8\], found \[11, 8\]$/,
    ],
    [
      'tokens without end',
      { vocab_size: 9e15 },
      /^m\/model\.safetensors: tensor "model\.embed_tokens\.weight" must have shape/,
    ],
    ['a wider MLP', { intermediate_size: 11 }, /tensor "model\.layers\.0\.mlp\.\w+\.weight" must have shape/],
    [
      'more layers',
      { num_hidden_layers: 3, max_window_layers: 3 },
      /the tensor "model\.layers\.2\.input_layernorm\.weight" is missing/,
    ],
    [
      'layers without end',
      { num_hidden_layers: 9e15, max_window_layers: 9e15 },
      /the tensor "model\.layers\.2\.input_layernorm\.weight" is missing/,
    ],
    ['fewer layers', { num_hidden_layers: 1, max_window_layers: 1 }, /unknown tensor "model\.layers\.1\./],
    ['heads that do not fit', { num_key_value_heads: 3 }, /heads/],
    ['an untied head', { tie_word_embeddings: false }, /the tensor "lm_head\.weight" is missing/],
    [
      'a size that is no number',
      { hidden_size: '8' },
      /^m\/config\.json: hidden_size must be an integer ≥ 1, found "8"$/,
    ],
    ['a mixture of experts', { num_experts: 8 }, /mixtures of experts are not supported/],
    ['quantised weights', { quantization_config: { bits: 4 } }, /quantised weights are not supported/],
    ['another architecture', { model_type: 'gemma' }, /^m\/config\.json: model_type must be/],
  ])('%s', async (_, change, message) => {
    await write(qwen2());
    lie(change);
    if (typeof message === 'string') expect(messageOf()).toBe(message);
    else expect(messageOf()).toMatch(message);
  });

  test('of a GPT-2', async () => {
    await write(gpt2({ vocabulary: 11, context: 16, width: 8, layers: 2, heads: 4, tied: true }));
    expect(messageOf()).toBe('');
    lie({ n_positions: 17 });
    expect(messageOf()).toMatch(
      /tensor "(transformer\.)?wpe\.weight" must have shape \[17, 8\], found \[16, 8\]/,
    );
    lie({ n_positions: 16, n_layer: 9e15 });
    expect(messageOf()).toMatch(/the tensor "h\.2\.ln_1\.weight" is missing/);
  });
});

describe('weights that are not there', () => {
  const weights = (): string => join(folder, 'model.safetensors');

  test('shards without their index', async () => {
    await write(qwen2());
    renameSync(weights(), join(folder, 'model-00001-of-00002.safetensors'));
    expect(messageOf()).toBe(
      'm: expected model.safetensors.index.json, which says what is in model-00001-of-00002.safetensors and the other shards, found none',
    );
  });

  test('weights in another format', async () => {
    await write(qwen2());
    renameSync(weights(), join(folder, 'pytorch_model.bin'));
    expect(messageOf()).toBe(
      'm: expected model.safetensors, found pytorch_model.bin, which is not read; model.save_pretrained(FOLDER) writes safetensors',
    );
  });

  test('none at all, and an index over shards that are cut or gone', async () => {
    await write(qwen2());
    const shard = join(folder, 'model-00001-of-00001.safetensors');
    renameSync(weights(), shard);
    const names =
      readFileSync(shard)
        .subarray(8)
        .toString('latin1')
        .match(/"model\.[\w.]+"/g) ?? [];
    const map = Object.fromEntries(
      names.map((name) => [JSON.parse(name), 'model-00001-of-00001.safetensors']),
    );
    writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    expect(messageOf()).toBe('');
    truncateSync(shard, readFileSync(shard).length - 1);
    expect(messageOf()).toMatch(/^m\/model-00001-of-00001\.safetensors: tensor ".*" should end at byte/);
    rmSync(shard);
    expect(messageOf()).toBe(
      'cannot read m/model-00001-of-00001.safetensors: there is no such file or directory',
    );
    rmSync(join(folder, 'model.safetensors.index.json'));
    expect(messageOf()).toBe('cannot read m/model.safetensors: there is no such file or directory');
  });
});
