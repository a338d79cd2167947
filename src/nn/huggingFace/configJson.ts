// config.json of a Hugging Face folder ↔ the sizes of a GPT-2. Settings that change what is computed are checked.
import { parseJson } from '../../base/jsonText.ts';
import { type CompleteGpt2Config, completeConfig } from '../config.ts';
import { Members } from './members.ts';
import type { StoredFloat } from './storedValues.ts';
import { TORCH_TYPES } from './torchTypes.ts';

/** Settings of the architecture that have to have these values; they may be left out. */
const FIXED = {
  model_type: 'gpt2',
  activation_function: 'gelu_new',
  scale_attn_weights: true,
  scale_attn_by_inverse_layer_idx: false,
  add_cross_attention: false,
} as const;

/**
 * The sizes that a config.json gives. Dropout rates, token ids and the like mean nothing to the network and are ignored.
 * @param source the name of the text in messages, such as the file's name
 * @throws InputError if the text is not a JSON object, if a size is missing or does not fit, or if it describes another architecture
 */
export function parseGpt2Config(text: string, source: string): CompleteGpt2Config {
  const members = new Members(parseJson(text, source), source);
  for (const [key, expected] of Object.entries(FIXED)) members.fixed(key, expected);
  const width = members.count('n_embd', 1);
  return completeConfig(
    {
      vocabulary: members.count('vocab_size', 1),
      context: members.count('n_positions', 1),
      width,
      layers: members.count('n_layer', 0),
      heads: members.count('n_head', 1),
      inner: members.count('n_inner', 1, 4 * width),
      epsilon: members.number('layer_norm_epsilon', 1e-5),
      tied: members.boolean('tie_word_embeddings', true),
    },
    source,
  );
}

/** The text of config.json for a model stored in this type. Dropout is 0, because the network has none. */
export function formatGpt2Config(config: CompleteGpt2Config, type: StoredFloat): string {
  const { vocabulary, context, width, layers, heads, inner, epsilon, tied } = config;
  const document = {
    architectures: ['GPT2LMHeadModel'],
    ...FIXED,
    vocab_size: vocabulary,
    n_positions: context,
    n_embd: width,
    n_layer: layers,
    n_head: heads,
    n_inner: inner === 4 * width ? null : inner,
    layer_norm_epsilon: epsilon,
    initializer_range: 0.02,
    tie_word_embeddings: tied,
    attn_pdrop: 0,
    embd_pdrop: 0,
    resid_pdrop: 0,
    torch_dtype: TORCH_TYPES[type],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
