// The sizes of a decoder with rotary positions → config.json, in the words of the model's card.
import { InputError } from '../../base/errors.ts';
import type { StoredFloat } from '../huggingFace/storedValues.ts';
import { TORCH_TYPES } from '../huggingFace/torchTypes.ts';
import type { RotaryConfig } from './config.ts';
import { parseRotaryConfig } from './folder.ts';

/** What the classes of the architectures are called. */
const CLASSES: Record<RotaryConfig['architecture'], string> = {
  llama: 'LlamaForCausalLM',
  mistral: 'MistralForCausalLM',
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
};

function scalingJson({ scaling }: RotaryConfig): object | null {
  if (scaling.kind === 'none') return null;
  const { kind, factor } = scaling;
  if (kind === 'linear') return { rope_type: kind, factor };
  return {
    rope_type: kind,
    factor,
    low_freq_factor: scaling.lowFrequency,
    high_freq_factor: scaling.highFrequency,
    original_max_position_embeddings: scaling.original,
  };
}

/** How much of a head turns: ⌊share·headWidth⌋ entries. */
function turnedShare({ rotated, headWidth }: RotaryConfig): object {
  if (rotated === headWidth) return {};
  const share = rotated / headWidth;
  // A quotient that was rounded down would lose an entry.
  return {
    partial_rotary_factor: Math.floor(share * headWidth) === rotated ? share : (rotated + 0.5) / headWidth,
  };
}

/** What only some of the architectures say. */
function ownWords({ architecture, hasBiases, window, windowFrom, layers }: RotaryConfig): object {
  const upper = {
    use_sliding_window: window !== undefined && windowFrom < layers,
    sliding_window: window ?? null,
    max_window_layers: windowFrom,
  };
  switch (architecture) {
    case 'llama':
      return { attention_bias: hasBiases, mlp_bias: false };
    case 'mistral':
      return { sliding_window: window ?? null };
    case 'qwen2':
      return upper;
    case 'qwen3':
      return { attention_bias: hasBiases, ...upper };
  }
}

/** @throws InputError naming what the words of the architecture cannot say, such as biases of Mistral */
function checkSaid(config: RotaryConfig, text: string): void {
  const { architecture, windowFrom, layers } = config;
  const { window, ...read } = parseRotaryConfig(text, architecture);
  const said: Record<string, unknown> = { ...read, window: windowFrom < layers ? window : config.window };
  for (const [key, value] of Object.entries(config)) {
    if (JSON.stringify(value) === JSON.stringify(said[key])) continue;
    throw new InputError(
      `${architecture}: ${key} must be ${JSON.stringify(said[key])} in a config.json of this architecture, found ${JSON.stringify(value)}`,
    );
  }
}

/**
 * The text of config.json for a model stored in this type.
 * @throws InputError if a config.json of the architecture cannot say what the configuration is
 */
export function formatRotaryConfig(config: RotaryConfig, type: StoredFloat): string {
  const { vocabulary, context, width, layers, heads, keyHeads, headWidth, inner, epsilon, theta, tied } =
    config;
  const document = {
    architectures: [CLASSES[config.architecture]],
    model_type: config.architecture,
    hidden_act: 'silu',
    vocab_size: vocabulary,
    max_position_embeddings: context,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: keyHeads,
    head_dim: headWidth,
    intermediate_size: inner,
    rms_norm_eps: epsilon,
    rope_theta: theta,
    rope_scaling: scalingJson(config),
    ...turnedShare(config),
    ...ownWords(config),
    initializer_range: 0.02,
    attention_dropout: 0,
    tie_word_embeddings: tied,
    torch_dtype: TORCH_TYPES[type],
  };
  const text = `${JSON.stringify(document, undefined, 2)}\n`;
  checkSaid(config, text);
  return text;
}
