// How the tensors of a Hugging Face GPT-2 are called, and which of our parameters each holds.
import type { CompleteGpt2Config } from '../config.ts';
import { type FileTensor, HEAD_NAME, type StoredNames } from './storedNames.ts';

/** What stands in front of every name but that of the head, where the folder was written with one. */
const PREFIX = 'transformer.';
/** The causal mask and the value that masks. */
const BUFFER_NAME = /^h\.\d+\.attn\.(bias|masked_bias)$/;

type Names = readonly [name: string, parts: readonly string[], rows: readonly number[], columns: number];

/** Weights are [in, out] in the file too (Conv1D); query, key and value are one tensor there. */
function blockNames(layer: number, { width, inner }: CompleteGpt2Config): FileTensor[] {
  const pair = (name: string, groups: readonly string[], from: number, to: number): Names[] => [
    [`${name}.weight`, groups.map((group) => `${group}.weight`), [from], to],
    [`${name}.bias`, groups.map((group) => `${group}.bias`), [], to],
  ];
  const norm = (name: string, group: string): Names[] => [
    [`${name}.weight`, [`${group}.weight`], [], width],
    [`${name}.bias`, [`${group}.bias`], [], width],
  ];
  const names = [
    ...norm('ln_1', 'norm1'),
    ...pair('attn.c_attn', ['attention.query', 'attention.key', 'attention.value'], width, 3 * width),
    ...pair('attn.c_proj', ['attention.output'], width, width),
    ...norm('ln_2', 'norm2'),
    ...pair('mlp.c_fc', ['mlp.up'], width, inner),
    ...pair('mlp.c_proj', ['mlp.down'], inner, width),
  ];
  return names.map(([name, parts, rows, columns]) => ({
    name: `h.${layer}.${name}`,
    shape: [...rows, columns],
    parts: parts.map((part) => `block${layer}.${part}`),
  }));
}

/** Every tensor that the file of a model of these sizes holds, one after the other. */
function* fileTensors(config: CompleteGpt2Config): Generator<FileTensor> {
  const { vocabulary, context, width, layers, tied } = config;
  yield { name: 'wte.weight', shape: [vocabulary, width], parts: ['embedding.token.weight'] };
  yield { name: 'wpe.weight', shape: [context, width], parts: ['embedding.position.weight'] };
  for (let layer = 0; layer < layers; layer++) yield* blockNames(layer, config);
  yield { name: 'ln_f.weight', shape: [width], parts: ['norm.weight'] };
  yield { name: 'ln_f.bias', shape: [width], parts: ['norm.bias'] };
  if (!tied) yield { name: HEAD_NAME, shape: [vocabulary, width], parts: ['head.weight'] };
}

/** The names in the file of a model of these sizes. */
export function gpt2Names(config: CompleteGpt2Config): StoredNames {
  return {
    tensors: () => fileTensors(config),
    prefix: PREFIX,
    ignored: BUFFER_NAME,
    ...(config.tied ? { tiedTo: 'wte.weight' } : {}),
  };
}
