// Writes a checkpoint with random weights in the shape of a known model, as a Hugging Face folder in shards, to measure with:
// node scripts/randomCheckpoint.mjs SHAPE FOLDER [--type BF16] [--shards 2] [--seed 1]. It needs a build.
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatGpt2Config } from '../build/modules/src/nn/huggingFace/configJson.js';
import { gpt2Names } from '../build/modules/src/nn/huggingFace/gpt2Names.js';
import { HEAD_NAME } from '../build/modules/src/nn/huggingFace/storedNames.js';
import { ELEMENT_BYTES } from '../build/modules/src/nn/huggingFace/storedValues.js';
import { completeConfig, parseModelConfig, writeSafetensors } from '../build/modules/src/nn/index.js';
import { formatRotaryConfig } from '../build/modules/src/nn/rotary/configJson.js';
import { rotaryNames } from '../build/modules/src/nn/rotary/names.js';

const rotary = (values) =>
  parseModelConfig(
    JSON.stringify({ hidden_act: 'silu', rms_norm_eps: 1e-6, rope_theta: 1e6, ...values }),
    'shape',
  );

/** The shapes, as their model cards have them; the tiny ones are for tests of programs. */
const SHAPES = {
  'qwen2.5-0.5b': () =>
    rotary({
      model_type: 'qwen2',
      vocab_size: 151936,
      max_position_embeddings: 32768,
      hidden_size: 896,
      intermediate_size: 4864,
      num_hidden_layers: 24,
      num_attention_heads: 14,
      num_key_value_heads: 2,
      tie_word_embeddings: true,
    }),
  gpt2: () =>
    completeConfig({ vocabulary: 50257, context: 1024, width: 768, layers: 12, heads: 12, tied: true }),
  'gpt2-128': () =>
    completeConfig({ vocabulary: 512, context: 256, width: 128, layers: 2, heads: 4, tied: true }),
  'tiny-gpt2': () =>
    completeConfig({ vocabulary: 64, context: 64, width: 32, layers: 2, heads: 2, tied: true }),
  ...Object.fromEntries(
    ['llama', 'mistral', 'qwen2', 'qwen3'].map((type) => [
      `tiny-${type}`,
      () =>
        rotary({
          model_type: type,
          vocab_size: 64,
          max_position_embeddings: 64,
          hidden_size: 32,
          intermediate_size: 48,
          num_hidden_layers: 2,
          num_attention_heads: 4,
          num_key_value_heads: 2,
          head_dim: 8,
          sliding_window: null,
          tie_word_embeddings: type.startsWith('qwen'),
        }),
    ]),
  ),
};

/** σ of all weights; norms begin with 1, biases with 0, and both spread too, so that no gradient is small by symmetry. */
const DEVIATION = 0.02;

/** Uniform numbers with this mean and deviation, from a generator of the name: a tensor does not depend on the others. */
function numbers(name, seed, size, mean) {
  let state = createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE(0) | 1;
  const spread = 2 * Math.sqrt(3) * DEVIATION;
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    // xorshift32 (Marsaglia, 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = mean + spread * ((state >>> 0) / 2 ** 32 - 0.5);
  }
  return values;
}

/** The tensors of a model by name in the file, with values that are made when they are asked for. */
function tensorsOf(config, seed) {
  const { tensors, prefix } = 'architecture' in config ? rotaryNames(config) : gpt2Names(config);
  return [...tensors()].map(({ name, shape }) => {
    const full = name === HEAD_NAME ? name : `${prefix}${name}`;
    const size = shape.reduce((product, axis) => product * axis, 1);
    const mean = /(norm|ln_.)\.weight$/.test(name) ? 1 : 0;
    return [full, { shape, values: () => numbers(full, seed, size, mean), size }];
  });
}

/** Cuts the tensors into files of about equal sizes, in their order. */
function shardsOf(tensors, count) {
  const total = tensors.reduce((sum, [, { size }]) => sum + size, 0);
  const shards = Array.from({ length: count }, () => []);
  let before = 0;
  for (const tensor of tensors) {
    shards[Math.min(count - 1, Math.floor((before * count) / total))].push(tensor);
    before += tensor[1].size;
  }
  return shards.filter((shard) => shard.length > 0);
}

/** Writes the folder: config.json, the shards and their index, or one file where there is one. */
function write(folder, config, { type, shards, seed }) {
  mkdirSync(folder, { recursive: true });
  const text = 'architecture' in config ? formatRotaryConfig(config, type) : formatGpt2Config(config, type);
  writeFileSync(join(folder, 'config.json'), text);
  const tensors = tensorsOf(config, seed);
  const files = shardsOf(tensors, shards);
  const digits = (i) => String(i).padStart(5, '0');
  const fileOf = (i) =>
    files.length === 1
      ? 'model.safetensors'
      : `model-${digits(i + 1)}-of-${digits(files.length)}.safetensors`;
  const map = {};
  for (const [i, shard] of files.entries()) {
    const file = openSync(join(folder, fileOf(i)), 'w');
    for (const piece of writeSafetensors(new Map(shard), type)) {
      for (let at = 0; at < piece.length; )
        at += writeSync(file, piece, at, Math.min(piece.length - at, 2 ** 28));
    }
    closeSync(file);
    for (const [name] of shard) map[name] = fileOf(i);
  }
  const size = tensors.reduce((sum, [, own]) => sum + own.size, 0);
  if (files.length > 1) {
    const index = { metadata: { total_size: size * ELEMENT_BYTES.get(type) }, weight_map: map };
    writeFileSync(join(folder, 'model.safetensors.index.json'), `${JSON.stringify(index, undefined, 2)}\n`);
  }
  return size;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    type: { type: 'string', default: 'BF16' },
    shards: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
  },
});
const [shape, folder] = positionals;
if (!Object.hasOwn(SHAPES, shape ?? '') || folder === undefined || !ELEMENT_BYTES.has(values.type)) {
  console.error(
    `randomCheckpoint: expected SHAPE FOLDER [--type BF16] [--shards 2] [--seed 1]; shapes: ${Object.keys(SHAPES).join(', ')}`,
  );
  process.exit(2);
}
const size = write(folder, SHAPES[shape](), {
  type: values.type,
  shards: Number(values.shards),
  seed: values.seed,
});
console.log(`${folder}: ${shape}, ${size} parameters in ${values.type}`);
